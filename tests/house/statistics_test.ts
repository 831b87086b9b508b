/** Holds `statistics()` to one dialect: a field means the same, and is called the same, wherever it stands. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { sourceFiles } from "../support/source_tree.ts";

/** Every field of every exported `…Statistics`, with its type and where it stands. */
function fields(): { name: string; type: string; place: string }[] {
  return sourceFiles("src").flatMap((file) =>
    [...file.code.matchAll(/export interface (\w*Statistics)\b[^{]*\{([^]*?)\n\}/g)]
      .flatMap(([, owner, body]) =>
        [...body!.matchAll(/^ {2}readonly (\w+)\??: ([^;]+);/gm)].map(([, name, type]) => ({
          name: name!,
          type: type!.replace(" | null", ""),
          place: `${file.path} ${owner}`,
        }))
      )
  );
}

/** What is not said in this dialect, and how it is said. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  getters: "waitingToGet",
  getting: "waitingToGet",
  putters: "waitingToPut",
  putting: "waitingToPut",
  counter: "value",
  set: "isSet",
  shutDown: "isShutDown",
  waiters: "waiting",
};

Deno.test("a field of statistics() has one type wherever it stands", () => {
  const found = fields();
  assertEquals(found.length > 80, true, "the statistics are not found");
  const types = new Map<string, string>();
  const broken: string[] = [];
  for (const { name, type, place } of found) {
    // A value is of the type of what has it.
    if (name === "value" || name === "type") continue;
    const before = types.get(name) ?? type;
    types.set(name, before);
    if (before !== type) broken.push(`${place}: ${name} is ${type}, elsewhere ${before}`);
  }
  assertEquals(broken, []);
});

Deno.test("statistics() calls a thing by one name", () => {
  const broken = fields().filter(({ name }) => Object.hasOwn(OTHER_WORDS, name))
    .map(({ name, place }) => `${place}: ${name} is called ${OTHER_WORDS[name]}`);
  assertEquals(broken, []);
});
