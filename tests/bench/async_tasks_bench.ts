/**
 * Tasks spawned and awaited, 100,000 at once; and what that many waiting and sleeping ones weigh.
 *
 * Targets: async functions at a third of raw `Promise.all` or better, generator coroutines faster still;
 * generators that wait in less memory than the tasks of Python's asyncio.
 * Run with the names of a row and of one in it, it weighs that one: each needs a process of its own.
 * "bare promises" is what the platform takes for the same without any library, "bare, in a storage" that for promises that
 * know whose they are by an `AsyncLocalStorage`.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createTask, Event, Future, gather, run, sleep, TaskGroup } from "../../src/asyncio/mod.ts";
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

async function awaiting(gate: PromiseLike<unknown>): Promise<void> {
  await gate;
}

function* yielding(gate: Future<void>): Generator<unknown, void, unknown> {
  yield* gate;
}

/** Longer than anything here takes, in milliseconds. */
const DAY = 86_400_000;

/** Begins one that waits, and returns what keeps it: its gate, its promise, its task. */
type Begin = () => unknown;

/** A gate, and what waits for it. */
function bare(begin: (gate: Promise<void>) => Promise<void>): unknown {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [resolve, begin(promise)];
}

/** What is weighed for one row: the same program for each, as far as it has tasks, events and timers. */
interface Weighed {
  readonly title: string;
  /** Without a library. */
  readonly limits: Record<string, () => Begin>;
  /** In a loop of ours. */
  readonly ours: Record<string, () => Begin>;
  /** What the peers are to do. */
  readonly peers: "own" | "event" | "sleep";
}

const WEIGHED: Record<string, Weighed> = {
  own: {
    title: "100,000 that wait, each for its own future",
    limits: {
      "bare promises": () => () => bare(awaiting),
      "bare, in a storage": () => {
        const storage = new AsyncLocalStorage<unknown>();
        return () => bare((gate) => storage.run([gate], awaiting, gate));
      },
    },
    ours: {
      "async functions": () => () => {
        const gate = new Future<void>();
        return [gate, createTask(() => awaiting(gate))];
      },
      "generators": () => () => {
        const gate = new Future<void>();
        return [gate, createTask(yielding(gate))];
      },
    },
    peers: "own",
  },
  event: {
    title: "100,000 that wait for one event",
    limits: {
      "bare promises": () => {
        const { promise } = Promise.withResolvers<void>();
        return () => awaiting(promise);
      },
    },
    ours: {
      "async functions": () => {
        const event = new Event();
        return () => createTask(() => awaiting(event.wait()));
      },
      "generators": () => {
        const event = new Event();
        function* waiting(): Generator<unknown, void, unknown> {
          yield* event.wait();
        }
        return () => createTask(waiting());
      },
    },
    peers: "event",
  },
  sleep: {
    title: "100,000 that sleep",
    limits: {
      "bare timers": () => () =>
        awaiting(new Promise((done) => Deno.unrefTimer(setTimeout(done, DAY)))),
    },
    ours: {
      "async functions": () => () => createTask(() => awaiting(sleep(DAY))),
      "generators": () => {
        function* sleeping(): Generator<unknown, void, unknown> {
          yield* sleep(DAY);
        }
        return () => createTask(sleeping());
      },
    },
    peers: "sleep",
  },
};

/**
 * Prints what `COUNT` of them weigh, in MiB above that of the program before: resident memory, as the system sees it, with
 * all that the collector has not given back. Then it ends the program, and cancels none of them.
 */
async function weigh(begin: Begin): Promise<never> {
  const pause = () => new Promise((done) => setTimeout(done, 200));
  await pause();
  const before = Deno.memoryUsage().rss;
  const all = Array.from({ length: COUNT }, begin);
  await pause();
  const after = Deno.memoryUsage().rss;
  if (all.length !== COUNT) throw new Error("what waits was collected");
  console.log((after - before) / 2 ** 20);
  Deno.exit();
}

/** How effect begins one. */
async function beginOfEffect(what: Weighed["peers"]): Promise<Begin> {
  const { Deferred, Effect } = await peer("effect@4.1.0");
  const gate = Deferred.makeUnsafe();
  if (what === "event") return () => Effect.runFork(Deferred.await(gate));
  if (what === "sleep") return () => Effect.runFork(Effect.sleep(DAY));
  return () => {
    const own = Deferred.makeUnsafe();
    return [own, Effect.runFork(Deferred.await(own))];
  };
}

/** Weighs one of a row, in this process. */
async function weighByName(row: string, name: string): Promise<never> {
  const { limits, ours, peers } = WEIGHED[row]!;
  if (name === "effect") return await weigh(await beginOfEffect(peers));
  if (name in limits) return await weigh(limits[name]!());
  const begin = ours[name];
  if (begin === undefined) throw new RangeError(`Cannot weigh ${name}: it is not known`);
  return await run(() => weigh(begin()));
}

/** A contender that is weighed in a process of its own. */
function weighing(
  name: string,
  role: Contender["role"],
  command: string,
  args: string[],
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const { stdout } = await new Deno.Command(command, {
          args,
          stdin: "null",
          stderr: "inherit",
        }).output();
        return Number(new TextDecoder().decode(stdout));
      },
    }),
  };
}

async function measureWeight(row: string): Promise<void> {
  const { title, limits, ours, peers } = WEIGHED[row]!;
  const here = (name: string, role: Contender["role"]): Contender =>
    weighing(name, role, Deno.execPath(), ["run", "-A", "--no-lock", import.meta.url, row, name]);
  const script = new URL("./support/python_tasks.py", import.meta.url).pathname;
  await bench({ title, unit: "MiB above the program's own", better: "lower", warmUps: 0 }, [
    ...Object.keys(limits).map((name) => here(name, "limit")),
    ...Object.keys(ours).map((name) => here(name, "ours")),
    here("effect", "peer"),
    weighing("Python asyncio", "peer", "python3", [script, peers]),
  ]);
}

if (import.meta.main) {
  const [row, name] = Deno.args;
  if (row !== undefined && name !== undefined) await weighByName(row, name);
  await measureSpeed();
  for (const each of Object.keys(WEIGHED)) await measureWeight(each);
}
