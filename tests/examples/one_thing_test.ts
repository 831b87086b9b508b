/**
 * The programs that show one thing at a time: each line says what is claimed and what was seen, so the text is the test.
 * They run with the permissions that their headers name.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { pooledMap } from "@std/async";
import { isSubsequence, sameLines } from "./order_rules.ts";
import { type ExampleRun, runExample } from "./run_example.ts";

const FOLDERS = ["primitives", "loop", "processes"];
const AT_ONCE = 3;
/** Measures, so no two runs are the same. */
const COST = "processes/cost";
/** Two coroutines that take turns as their times come. */
const HAND_MADE = "loop/hand_made";

const programs = FOLDERS.flatMap((folder) =>
  [...Deno.readDirSync(new URL(`../../examples/${folder}/`, import.meta.url))]
    .map(({ name }) => `${folder}/${name.replace(/\.ts$/, "")}`)
).toSorted();
const runs = new Map<string, ExampleRun | Error>();

Deno.test.beforeAll(async () => {
  const running = pooledMap(AT_ONCE, programs, async (name) => {
    const run = await runExample(`examples/${name}.ts`).catch((error: Error) => error);
    runs.set(name, run);
  });
  await Array.fromAsync(running);
});

/** The output of a run that ended well. */
function textOf(name: string): string {
  const run = runs.get(name)!;
  if (run instanceof Error) throw run;
  assertEquals({ code: run.code, stderr: run.stderr }, { code: 0, stderr: "" }, name);
  return run.text;
}

async function expectedOf(name: string): Promise<string> {
  const file = new URL(`./expected/${name.replace("/", "_")}.txt`, import.meta.url);
  return await Deno.readTextFile(file);
}

for (const name of programs.filter((name) => name !== COST && name !== HAND_MADE)) {
  Deno.test(`examples/${name}.ts sees what it claims`, async () => {
    assertEquals(textOf(name), await expectedOf(name));
  });
}

Deno.test("the hand-made loop serves a clock and a socket side by side, and ends when nobody waits", async () => {
  const lines = textOf(HAND_MADE).trimEnd().split("\n");
  const expected = (await expectedOf(HAND_MADE)).trimEnd().split("\n");
  assert(sameLines(lines, expected), lines.join("\n"));
  assertEquals(lines.at(-1), expected.at(-1));
  for (const who of ["client:", "clock:"]) {
    assert(isSubsequence(expected.filter((line) => line.startsWith(who)), lines));
  }
});

Deno.test("a process costs more than a thread: to start, in memory, for a message, for a shared number", async () => {
  const seen = new Set<string>();
  let text = textOf(COST);
  // On a machine that is busy with other things a measure can go astray: it is taken again.
  for (let tries = 5;; text = (await runExample(`examples/${COST}.ts`)).text) {
    for (const [, part] of text.matchAll(/^(\w+) .*the process costs more$/gm)) seen.add(part!);
    if (seen.size === 4 || --tries === 0) break;
  }
  assertEquals([...seen].toSorted(), ["memory", "message", "number", "start"], text);
});

Deno.test("each program that shows one thing has its expected text", async () => {
  const files = (await Array.fromAsync(Deno.readDir(new URL("./expected/", import.meta.url))))
    .map(({ name }) => name).toSorted();
  const expected = programs.filter((name) => name !== COST)
    .map((name) => `${name.replace("/", "_")}.txt`).toSorted();
  assertEquals(files, expected);
});
