/**
 * Ten times as many waits take about ten times as long to begin and to end, not a hundred times: a queue of
 * jobs was walked for each one that left it, and a shared signal's listeners for each that came or went.
 */
import "../support/leak_guard.ts";
import { assert } from "@std/assert";
import { AsyncExecutor, ThreadPoolExecutor } from "../../src/futures/mod.ts";
import { Queue as ProcessQueue } from "../../src/multiprocessing/mod.ts";
import { Queue } from "../../src/queue/mod.ts";
import { Lock, portable, Semaphore } from "../../src/threading/mod.ts";

const FEW = 2_000, MANY = 20_000;

const targets = portable(import.meta, {
  held: () => new Promise((resolve) => setTimeout(resolve, 200)),
  nothing: () => undefined,
});

type Wait = (options: { signal: AbortSignal }) => PromiseLike<unknown>;

/** The shortest of three times in which so many waits begin, and end by their signals. */
async function timeOf(count: number, own: boolean, wait: Wait): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const shared = new AbortController();
    const controllers = Array.from({ length: count }, () => own ? new AbortController() : shared);
    const start = performance.now();
    const waits = controllers.map(({ signal }) => wait({ signal }));
    const settled = Promise.allSettled(waits);
    for (const each of own ? controllers.reverse() : [shared]) each.abort();
    await settled;
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

async function checkLinear(wait: Wait): Promise<void> {
  for (const own of [false, true]) {
    const few = await timeOf(FEW, own, wait);
    const many = await timeOf(MANY, own, wait);
    assert(many < 40 * Math.max(few, 30), `${FEW}: ${few} ms, ${MANY}: ${many} ms`);
  }
}

Deno.test("threads' primitives", async () => {
  const lock = new Lock();
  using _held = lock.acquireSync();
  await checkLinear((options) => lock.acquire(options));
  const semaphore = new Semaphore(0);
  await checkLinear((options) => semaphore.acquire(options));
  const queue = new Queue();
  await checkLinear((options) => queue.get(options));
});

Deno.test("what is served to other processes", async () => {
  const queue = new ProcessQueue();
  await checkLinear((options) => queue.get(options));
});

Deno.test("jobs that wait for a thread", async () => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  await executor.submit(targets.nothing);
  const first = executor.submit(targets.held);
  await checkLinear((options) => executor.submitWith(options, targets.nothing));
  await first;
});

Deno.test("jobs that wait for their turn on this thread", async () => {
  await using executor = new AsyncExecutor({ maxConcurrency: 1 });
  const first = executor.submit(targets.held);
  await checkLinear((options) => executor.submitWith(options, targets.nothing));
  await first;
});
