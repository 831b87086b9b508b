/**
 * Tasks spawned and awaited, 100,000 at once; and what that many waiting and sleeping ones weigh.
 *
 * Targets: async functions at a third of raw `Promise.all` or better, generator coroutines faster still;
 * 100,000 waiting tasks in less memory than Python's asyncio (92 MiB there).
 * Run with the name of what is weighed it weighs that one, in MiB above the program's own: each needs a process of its own.
 * "bare promises" is what the platform takes for the same without any library, "bare, in a storage" that for promises that
 * know whose they are by an `AsyncLocalStorage`.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createTask, Future, gather, run, sleep, TaskGroup } from "../../src/asyncio/mod.ts";
import { bench, type Contender } from "./harness.ts";
import { peer } from "./support/peer.ts";

const COUNT = 100_000;

/** A contender from a function that makes `count` tasks and waits for all. */
function spawning(
  name: string,
  role: Contender["role"],
  spawn: (count: number) => Promise<unknown>,
  count = COUNT,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const start = performance.now();
        await spawn(count);
        return count / (performance.now() - start) * 1000;
      },
    }),
  };
}

// deno-lint-ignore require-await -- the smallest async function is what is measured
const asyncWork = async (): Promise<number> => 1;

// deno-lint-ignore require-yield -- the same as a generator
function* generatorWork(): Generator<unknown, number, unknown> {
  return 1;
}

/** The least that can be done with a generator: step it to its end, promise nothing. */
function trampoline(count: number): Promise<void> {
  const line: Generator<unknown, number, unknown>[] = [];
  for (let i = 0; i < count; i++) line.push(generatorWork());
  for (const each of line) while (!each.next().done);
  return Promise.resolve();
}

/** So many tasks of one group. */
function inGroup(
  count: number,
  work: () => Generator<unknown, number, unknown> | (() => Promise<number>),
): PromiseLike<unknown> {
  return TaskGroup.run((group) => {
    for (let i = 0; i < count; i++) group.createTask(work());
  });
}

async function measureSpeed(): Promise<void> {
  const { Effect } = await peer("effect@4.1.0");
  const effection = await peer("effection@4.1.1");
  await bench({
    title: "tasks spawned and awaited, 100,000 at once",
    unit: "tasks/s",
    better: "higher",
    rounds: 7,
    target: "async functions at 0.33 of raw Promise.all, generators faster",
  }, [
    spawning(
      "raw Promise.all",
      "limit",
      (count) => Promise.all(Array.from({ length: count }, asyncWork)),
    ),
    spawning(
      "quartet, async functions",
      "ours",
      (count) => run(() => gather(...Array.from({ length: count }, () => asyncWork))),
    ),
    spawning(
      "quartet, generators",
      "ours",
      (count) => run(() => gather(...Array.from({ length: count }, generatorWork))),
    ),
    spawning(
      "quartet, createTask and await each",
      "ours",
      (count) =>
        run(async () => {
          const tasks = Array.from({ length: count }, () => createTask(generatorWork()));
          for (const task of tasks) await task;
        }),
    ),
    spawning(
      "quartet, async functions in a TaskGroup",
      "ours",
      (count) => run(() => inGroup(count, () => asyncWork)),
    ),
    spawning(
      "quartet, generators in a TaskGroup",
      "ours",
      (count) => run(() => inGroup(count, generatorWork)),
    ),
    spawning("bare trampoline", "limit", trampoline),
    spawning(
      "effect",
      "peer",
      (count) =>
        Effect.runPromise(
          Effect.all(Array.from({ length: count }, () => Effect.promise(asyncWork)), {
            concurrency: "unbounded",
          }),
        ),
    ),
    spawning(
      "effection",
      "peer",
      (count) =>
        effection.run(function* () {
          yield* effection.all(
            Array.from({ length: count }, () => ({
              *[Symbol.iterator]() {
                return 1;
              },
            })),
          );
        }),
      2_000,
    ),
  ]);
}

async function awaiting(gate: PromiseLike<void>): Promise<void> {
  await gate;
}

function* yielding(gate: Future<void>): Generator<unknown, void, unknown> {
  yield* gate;
}

function* sleeping(): Generator<unknown, void, unknown> {
  yield* sleep(DAY);
}

/** Longer than anything here takes, in milliseconds. */
const DAY = 86_400_000;

/** Begins one that waits, and returns what keeps it: its gate, its promise, its task. */
type Begin = () => unknown;

const storage = new AsyncLocalStorage<unknown>();

/** A gate, and what waits for it. */
function bare(begin: (gate: Promise<void>) => Promise<void>): unknown {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [resolve, begin(promise)];
}

/** Waits without a library. */
const BARE: Record<string, Begin> = {
  "bare promises": () => bare(awaiting),
  "bare, in a storage": () => bare((gate) => storage.run([gate], awaiting, gate)),
};
/** Waits in a loop. */
const TASKS: Record<string, Begin> = {
  "async functions": () => {
    const gate = new Future<void>();
    return [gate, createTask(() => awaiting(gate))];
  },
  "generators": () => {
    const gate = new Future<void>();
    return [gate, createTask(yielding(gate))];
  },
};
const BARE_SLEEPERS: Record<string, Begin> = {
  "bare timers": () => new Promise((done) => Deno.unrefTimer(setTimeout(done, DAY))),
};
const SLEEPERS: Record<string, Begin> = {
  "sleeping async functions": () => createTask(async () => await sleep(DAY)),
  "sleeping generators": () => createTask(sleeping()),
};

/** What `COUNT` of `what` weigh, in MiB of resident memory above that of the program before. */
async function weigh(what: string): Promise<number> {
  const bare = BARE[what] ?? BARE_SLEEPERS[what];
  const measure = async (begin: Begin, pause: () => PromiseLike<unknown>): Promise<number> => {
    await pause();
    const before = Deno.memoryUsage().rss;
    const all = Array.from({ length: COUNT }, begin);
    await pause();
    const after = Deno.memoryUsage().rss;
    if (all.length !== COUNT) throw new Error("what waits was collected");
    return (after - before) / 2 ** 20;
  };
  if (bare !== undefined) {
    return await measure(bare, () => new Promise((done) => setTimeout(done, 200)));
  }
  const begin = TASKS[what] ?? SLEEPERS[what];
  if (begin === undefined) throw new RangeError(`Cannot weigh ${what}: it is not known`);
  return await run(() => measure(begin, () => sleep(200)));
}

/** A contender that is weighed in a process of its own. */
function weighing(name: string, role: Contender["role"]): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const { stdout } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-lock", import.meta.url, name],
          stdin: "null",
          stderr: "inherit",
        }).output();
        return Number(new TextDecoder().decode(stdout));
      },
    }),
  };
}

async function measureWeight(): Promise<void> {
  const weight = { unit: "MiB above the program's own", better: "lower", warmUps: 0 } as const;
  await bench({ title: "100,000 that wait, each for its own future", ...weight }, [
    weighing("bare promises", "limit"),
    weighing("bare, in a storage", "limit"),
    ...Object.keys(TASKS).map((name) => weighing(name, "ours")),
  ]);
  await bench({ title: "100,000 that sleep", ...weight }, [
    weighing("bare timers", "limit"),
    ...Object.keys(SLEEPERS).map((name) => weighing(name, "ours")),
  ]);
}

if (import.meta.main) {
  const [what] = Deno.args;
  if (what !== undefined) {
    console.log(await weigh(what));
    Deno.exit();
  }
  await measureSpeed();
  await measureWeight();
}
