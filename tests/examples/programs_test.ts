/** Runs the longer examples, and holds what they show against what they promise. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { pooledMap } from "@std/async";
import { sameLines } from "./order_rules.ts";
import { type ExampleRun, runExample } from "./run_example.ts";

const FOLDER = "examples/same_program";
const HELLO = ["hello bob", "hello alice", "bob done!", "alice done!"];
const [KITCHEN, DIAGRAMS, MEMORY, DOWNLOADS] = [
  "examples/kitchen.ts",
  "examples/diagrams.ts",
  "examples/shared_memory.ts",
  "examples/downloads/main.ts",
] as const;
const PROGRAMS = [KITCHEN, DOWNLOADS, DIAGRAMS, MEMORY];
const AT_ONCE = 3;
const runs = new Map<string, ExampleRun>();

Deno.test.beforeAll(async () => {
  const styles = [...Deno.readDirSync(FOLDER)].map(({ name }) => `${FOLDER}/${name}`);
  const running = pooledMap(AT_ONCE, [...PROGRAMS, ...styles], async (path) => {
    const args = path.includes("downloads") ? ["--delay", "50"] : [];
    runs.set(path, await runExample(path, { args }));
  });
  await Array.fromAsync(running);
});

/** The lines of a run that ended well. */
function linesOf({ code, stderr, lines }: ExampleRun): string[] {
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return lines.map(({ text }) => text);
}

Deno.test("bob and alice say the same in every style; in line alice waits, else she is first", async () => {
  const styles = [...runs].filter(([path]) => path.startsWith(FOLDER));
  assertEquals(styles.length, 11);
  for (const [path, run] of styles) {
    if (path.endsWith("/executors.ts")) continue;
    const lines = linesOf(run);
    assert(sameLines(lines, HELLO), `${path}: ${lines}`);
    const aliceIsFirst = (lines: string[]): boolean =>
      lines.indexOf("hello alice") < lines.indexOf("hello bob");
    if (path.endsWith("/in_line.ts")) assert(!aliceIsFirst(lines));
    // On a busy machine bob may be done before alice is started: then she is given another chance.
    else if (!aliceIsFirst(lines)) assert(aliceIsFirst(linesOf(await runExample(path))), path);
  }
});

Deno.test("bob and alice have the same results with every executor", () => {
  const lines = linesOf(runs.get(`${FOLDER}/executors.ts`)!);
  for (
    const name of ["SyncExecutor", "AsyncExecutor", "ThreadPoolExecutor", "ProcessPoolExecutor"]
  ) {
    const at = lines.indexOf(name);
    assert(sameLines(lines.slice(at + 1, at + 5), HELLO), name);
  }
});

Deno.test("the kitchens cook ten dishes three times, and draw each of them", () => {
  const lines = linesOf(runs.get(KITCHEN)!);
  const lanes = lines.filter((line) => line.includes("│"));
  assertEquals(lanes.length, 30);
  for (const lane of lanes) assert(/C.*o/.test(lane), lane);
  const alone = lanes.slice(20).map((lane) => lane.split("│")[1]!);
  for (let column = 0; column < alone[0]!.length; column++) {
    const working = alone.filter((lane) => "Cs".includes(lane[column]!));
    assert(working.length <= 2, "one cook does one thing at a time"); // two where a column is shared
  }
});

Deno.test("the diagrams show what overlaps, and what the global lock keeps apart", () => {
  const text = linesOf(runs.get(DIAGRAMS)!).join("\n");
  const lanes = (title: string): string[] =>
    text.slice(text.indexOf(title)).split("\n").filter((line) => line.includes("│"))
      .map((line) => line.split("│")[1]!);
  assertEquals(lanes("D1")[0]!.match(/#+/g)!.length, 4, "work and waiting, one after the other");
  const atOnce = (rows: string[]): number =>
    [...rows[0]!].filter((_, i) => rows.filter((row) => row[i] === "#").length > 1).length;
  const underGil = lanes("D3").slice(0, 3);
  assert(
    atOnce(underGil) <= 8,
    `under the lock nobody works beside another:\n${underGil.join("\n")}`,
  );
  assert(underGil.some((row) => row.includes("·")), "somebody waits for the lock");
  const tasks = lanes("D4").slice(0, 3);
  assert(atOnce(tasks) <= 6, `tasks never work at once:\n${tasks.join("\n")}`);
  assert(
    [...tasks[0]!].some((_, i) => tasks.filter((row) => row[i] === "~").length > 1),
    "but they wait together",
  );
});

Deno.test("memory that is shared with care loses nothing", () => {
  const lost = new Map(
    linesOf(runs.get(MEMORY)!).map((line) => {
      const [, way, number] = /^(.*?) +(\d+) of 100000 lost$/.exec(line)!;
      return [way!, Number(number)];
    }),
  );
  assertEquals(lost.size, 5);
  for (const way of ["under a lock", "in one step", "Gil"]) assertEquals(lost.get(way), 0, way);
});

Deno.test("the downloads give the same bytes in every way, and the waits overlap in all but one", () => {
  const [, ...rows] = linesOf(runs.get(DOWNLOADS)!).map((line) => line.split(/ {2,}/));
  assertEquals(rows.map(([way]) => way), ["serial", "threads", "processes", "async"]);
  assertEquals(new Set(rows.map((row) => row.at(-1))).size, 1);
  assert(parseFloat(rows[0]![2]!) >= 500);
  assert(parseFloat(rows[3]![2]!) < 400, "asynchronous waits overlap");
});
