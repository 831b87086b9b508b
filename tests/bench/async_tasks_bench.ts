/**
 * Tasks spawned and awaited, 100,000 at once; and what that many waiting ones weigh.
 *
 * Targets: async functions at a third of raw `Promise.all` or better, generator coroutines faster still;
 * 100,000 waiting tasks in less memory than Python's asyncio (92 MiB there, 56 for raw promises, 95 for Effect).
 * Run with the name of a contender it weighs that one: each needs a process of its own.
 */
import { createTask, Future, gather, run, TaskGroup } from "../../src/asyncio/mod.ts";
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
    spawning("bare trampoline", "peer", trampoline),
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

async function waitByAwait(gate: PromiseLike<void>): Promise<void> {
  await gate;
}

function* waitByYield(gate: Future<void>): Generator<unknown, void, unknown> {
  yield* gate;
}

/** What `COUNT` tasks that wait for one future weigh, in MiB of resident memory, the runtime included. */
async function weigh(what: string): Promise<void> {
  const report = (): void =>
    console.log(`${what}: ${(Deno.memoryUsage().rss / 2 ** 20).toFixed(1)} MiB`);
  if (what === "raw") {
    const { promise, resolve } = Promise.withResolvers<void>();
    const all = Promise.all(Array.from({ length: COUNT }, () => waitByAwait(promise)));
    await new Promise((done) => setTimeout(done, 50));
    report();
    resolve();
    await all;
    return;
  }
  await run(async () => {
    const gates = Array.from({ length: COUNT }, () => new Future<void>());
    const tasks = gates.map((gate) =>
      createTask(what === "generators" ? waitByYield(gate) : () => waitByAwait(gate))
    );
    await new Promise((done) => setTimeout(done, 200));
    report();
    for (const gate of gates) gate.setResult();
    await gather(...tasks);
  });
}

if (import.meta.main) {
  const [what] = Deno.args;
  if (what !== undefined) await weigh(what);
  else await measureSpeed();
}
