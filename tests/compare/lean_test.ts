/** What a worker loads to do measured work is part of its start: it must not grow unseen. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/** Everything that is loaded at once with a module of this project, the module itself included. */
async function loadedWith(path: string): Promise<string[]> {
  const entry = new URL(`../../src/compare/${path}`, import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    stderr: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((each) => [each.specifier, each]));
  const loaded = new Set<string>();
  const load = (specifier: string): void => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) load(code.specifier);
    }
  };
  load(entry);
  return [...loaded];
}

/** All that workers load of the comparison. */
const LEAN = [
  ...[
    ...["busy", "increment", "picture", "picture_site", "primes", "produce_and_consume", "sum"],
    ...["turns", "wait_and_count", "write_and_read"],
  ].map((name) => `compare/workloads/${name}.ts`),
  ...["call", "noise", "traced_call", "usage"].map((name) => `compare/measure/${name}.ts`),
];

for (const path of LEAN) {
  Deno.test(`a worker that loads ${path} loads nothing else of the comparison but its like, and no library`, async () => {
    const loaded = await loadedWith(path.slice("compare/".length));
    const heavy = loaded.filter((each) =>
      /^(npm|jsr|node|https):/.test(each) || /\/src\/(?!core|shared|wire)/.test(each)
    );
    const names = heavy.map((each) => each.replace(/.*\/src\//, ""));
    assertEquals(names.filter((name) => !LEAN.includes(name)), []);
    assertEquals(names.includes(path), true);
  });
}

Deno.test("importing the comparison loads no library before something is measured or drawn", async () => {
  const loaded = await loadedWith("mod.ts");
  assertEquals(loaded.filter((each) => /^(npm|jsr|node|https):/.test(each)), []);
});
