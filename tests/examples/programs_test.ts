/** Runs the longer examples, and holds what they show against what they promise. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { pooledMap } from "@std/async";
import { NATS_VERSION } from "../support/nats_server.ts";
import { sameLines } from "./order_rules.ts";
import {
  commandOf,
  type ExampleRun,
  runExample,
  runProcess,
  runUntilShown,
} from "./run_example.ts";

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
/** For one run, in milliseconds; a busy machine takes ten times as long as an idle one. */
const PATIENCE = 180_000;
const runs = new Map<string, ExampleRun | Error>();

Deno.test.beforeAll(async () => {
  const styles = [...Deno.readDirSync(FOLDER)].map(({ name }) => `${FOLDER}/${name}`)
    .filter((path) => NATS_VERSION !== undefined || !path.endsWith("/distributed.ts"));
  const running = pooledMap(AT_ONCE, [...PROGRAMS, ...styles], async (path) => {
    const args = path.includes("downloads") ? ["--delay", "50"] : [];
    runs.set(
      path,
      await runExample(path, { args, timeout: PATIENCE }).catch((error: Error) => error),
    );
  });
  await Array.fromAsync(running);
});

/** The lines of a run that ended well. */
function linesOf(run: ExampleRun | Error): string[] {
  if (run instanceof Error) throw run;
  const { code, stderr, lines } = run;
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return lines.map(({ text }) => text);
}

Deno.test("bob and alice say the same in every style; in line alice waits, else she is first", async () => {
  const styles = [...runs].filter(([path]) => path.startsWith(FOLDER));
  assertEquals(styles.length, NATS_VERSION === undefined ? 11 : 12);
  for (const [path, run] of styles) {
    if (path.endsWith("/executors.ts")) continue;
    const lines = linesOf(run);
    assert(sameLines(lines, HELLO), `${path}: ${lines}`);
    const aliceIsFirst = (lines: string[]): boolean =>
      lines.indexOf("hello alice") < lines.indexOf("hello bob");
    if (path.endsWith("/in_line.ts")) assert(!aliceIsFirst(lines));
    else {
      // On a busy machine bob may be done before alice is started: then both take more time.
      await runUntilShown(
        path,
        (run) => assert(aliceIsFirst(linesOf(run)), path),
        run as ExampleRun,
      );
    }
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

/** The pictures of a text: for each title the lanes, as rows of marks. */
function lanesBelow(text: string, title: string): string[] {
  const rows = text.slice(text.indexOf(title)).split("\n").slice(1);
  return rows.slice(0, rows.findIndex((row) => !row.includes("│")))
    .map((row) => row.split("│")[1]!);
}

/** In how many columns more than one lane has one of the marks. */
function columnsAtOnce(lanes: readonly string[], marks: string): number {
  return [...lanes[0]!].filter((_, column) =>
    lanes.filter((lane) => marks.includes(lane[column]!)).length > 1
  ).length;
}

const KITCHENS = "10 kitchens, 10 cooks (processes)";
const CROWDED = "1 kitchen, 10 cooks (threads)";
const ONE_COOK = "1 kitchen, 1 cook (tasks)";

/** The part of the kitchens' text that is about a menu, and what to take for it. */
function menuOf(text: string, menu: string): { part: string; take: string } {
  const from = text.indexOf(`== ${menu}`);
  const part = text.slice(from, text.indexOf("\n==", from + 1) >>> 0);
  return { part, take: /To take for \w+: (.*)/.exec(part)![1]! };
}

/** What a run has to show, and whether it does. */
type Claims = Record<string, boolean>;

/** What a run of the kitchens says to take, and what overlaps in the pictures. */
function claimsOfKitchens(text: string): Claims {
  const [stew, salad, souffle] = ["stew", "salad", "souffle"].map((menu) => menuOf(text, menu));
  const atOnce = (menu: { part: string }, title: string, marks: string): number =>
    columnsAtOnce(lanesBelow(menu.part, title), marks);
  // Where others keep the cores busy, kitchens have nothing to win with, and the program says so.
  const busy = salad!.take === ONE_COOK && text.includes("(No second core was to be had");
  // A column in which a knife goes over from one to another shows both.
  return {
    "one cook for the stew": stew!.take === ONE_COOK,
    "ten kitchens for the salad": salad!.take === KITCHENS || busy,
    "a crowded kitchen for the souffle": souffle!.take === CROWDED,
    "ten kitchens cut at once": atOnce(salad!, KITCHENS, "C") > 2,
    "a crowded kitchen has one knife": atOnce(salad!, CROWDED, "C") <= 10,
    "one cook cuts one thing at a time": atOnce(salad!, ONE_COOK, "C") <= 10,
    "the oven bakes all at once": atOnce(stew!, ONE_COOK, "o") > 10,
    "who has to watch one cannot watch two": atOnce(souffle!, ONE_COOK, "o") <= 10,
    "ten cooks can watch ten": atOnce(souffle!, CROWDED, "o") > 10,
  };
}

/**
 * Asserts that a program shows each of its claims, and returns what it wrote last. On a machine that is busy with other
 * things a measure can go astray: a claim counts as shown when one of four runs has shown it.
 */
async function assertShown(
  claimsOf: (text: string) => Claims,
  again: () => Promise<ExampleRun>,
  first: ExampleRun | Error | Promise<ExampleRun> = again(),
): Promise<string> {
  const open = (text: string): string[] => {
    const claims = claimsOf(text);
    return Object.keys(claims).filter((claim) => !claims[claim]);
  };
  let text = linesOf(await first).join("\n");
  let left = open(text);
  for (let tries = 0; left.length > 0 && tries < 3; tries++) {
    text = linesOf(await again()).join("\n");
    const still = open(text);
    left = left.filter((claim) => still.includes(claim));
  }
  assertEquals(left, [], text);
  return text;
}

/** The same for one of the programs that were run before the tests. */
function assertProgramShows(path: string, claimsOf: (text: string) => Claims): Promise<string> {
  const again = () => runExample(path, { timeout: PATIENCE });
  return assertShown(claimsOf, again, runs.get(path)!);
}

Deno.test("each way to cook has a menu for which it is the one to take, and the pictures show why", async () => {
  const text = await assertProgramShows(KITCHEN, claimsOfKitchens);
  for (const menu of ["stew", "salad", "souffle"]) {
    for (const title of [KITCHENS, CROWDED, ONE_COOK]) {
      assertEquals(lanesBelow(menuOf(text, menu).part, title).length, 10, title);
    }
  }
});

Deno.test("the diagrams show what overlaps, and what the global lock keeps apart", async () => {
  await assertProgramShows(DIAGRAMS, (text) => {
    const [inLine, underGil, tasks] = ["D1", "D3", "D4"].map((title) => lanesBelow(text, title));
    // A column in which one goes over to another shows both.
    return {
      "work and waiting, one after the other": inLine![0]!.match(/[#-]+/g)!.length === 4,
      "under the lock nobody works beside another": columnsAtOnce(underGil!, "#") <= 8,
      "somebody waits for the lock": underGil!.some((row) => row.includes("·")),
      "tasks never work at once": columnsAtOnce(tasks!, "#") <= 6,
      "but they wait together": columnsAtOnce(tasks!, "~") > 0,
    };
  });
});

Deno.test({
  name: "on one core threads are ready while another one runs, and never run at once",
  ignore: !hasTaskset(),
  async fn() {
    const args = ["-c", "0", Deno.execPath(), ...await commandOf(DIAGRAMS)];
    const run = (): Promise<ExampleRun> => runProcess("taskset", args, { timeout: PATIENCE });
    await assertShown((text) => {
      const threads = lanesBelow(text, "D2");
      return {
        "each was ready once": threads.every((row) => row.includes("-")),
        "one core, one thread at a time": columnsAtOnce(threads, "#") <= 12,
      };
    }, run);
  },
});

/** Whether a program can be kept on one core here. */
function hasTaskset(): boolean {
  try {
    return new Deno.Command("taskset", { args: ["-c", "0", "true"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("two additions lose one where both read first, and memory that is shared with care loses nothing", () => {
  const [slowly, ...lines] = linesOf(runs.get(MEMORY)!);
  assertEquals(
    slowly,
    "in slow motion     thread 1 read 0, thread 2 read 0, both wrote 1: 1 of 2 lost",
  );
  const lost = new Map(
    lines.map((line) => {
      const [, way, number, rest] = /^(.*?) +(\d+) of 100000 lost(.*)$/.exec(line)!;
      return [way!, { count: Number(number), rest: rest! }];
    }),
  );
  assertEquals(lost.size, 5);
  for (const way of ["under a lock", "in one step", "Gil"]) {
    assertEquals(lost.get(way), { count: 0, rest: "" }, way);
  }
  for (const way of ["read, then write", "Gil, torn"]) {
    const { count, rest } = lost.get(way)!;
    assert(count > 0 || rest.includes("that was luck"), `${way} says nothing of its luck`);
  }
});

Deno.test("the order of five threads is free: ten rounds have more than one", async () => {
  const run = await runExample("examples/listings/06_threads_doubler.ts", { args: ["--orders"] });
  const [line] = linesOf(run);
  assert(parseInt(line!) > 1, line);
});

Deno.test("under the global lock two threads are never both inside of a step, without it they are", async () => {
  const path = "examples/listings/07_switch_interval.ts";
  const command = await commandOf(path, 1);
  const run = await runProcess(Deno.execPath(), [...command, "--gil"]);
  const [interval, ...rows] = linesOf(run);
  assertEquals(interval, "0.005");
  const both = rows.map((row) => Number(/step: (\d+) of 2000/.exec(row)![1]));
  assertEquals([both[0], both[2], both[3]], [0, 0, 0], rows.join("\n"));
  assert(both[1]! > 0, rows[1]);
  const switches = rows.map((row) => Number(/(\d+) switches/.exec(row)![1]));
  assert(switches[2]! > 0 && switches[3]! > 0, rows.join("\n"));
});

Deno.test("the downloads give the same bytes in every way, and the waits overlap in all but one", () => {
  const [, ...rows] = linesOf(runs.get(DOWNLOADS)!).map((line) => line.split(/ {2,}/));
  assertEquals(rows.map(([way]) => way), ["serial", "threads", "processes", "async"]);
  assertEquals(new Set(rows.map((row) => row.at(-1))).size, 1);
  assert(parseFloat(rows[0]![2]!) >= 500);
  assert(parseFloat(rows[3]![2]!) < 400, "asynchronous waits overlap");
});
