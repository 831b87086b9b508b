/**
 * Eight times as many waits take about eight times the steps to begin and to end, not sixty-four times: a queue of
 * jobs was walked for each one that left it, and a shared signal's listeners for each that came or went.
 */
import "../support/leak_guard.ts";
import { assertLinear } from "../support/linear.ts";
import { AsyncExecutor, ThreadPoolExecutor } from "../../src/futures/mod.ts";
import { Queue as ProcessQueue } from "../../src/multiprocessing/mod.ts";
import { Queue } from "../../src/queue/mod.ts";
import { Event, Lock, portable, Semaphore } from "../../src/threading/mod.ts";

const targets = portable(import.meta, {
  held: async (end: Event) => void await end.wait(),
  nothing: () => undefined,
});

type Wait = (options: { signal: AbortSignal }) => PromiseLike<unknown>;

/** So many waits begin, and end by their signals: each by its own, the last first, or all by one. */
async function checkLinear(wait: Wait): Promise<void> {
  for (const own of [false, true]) {
    await assertLinear(async (count) => {
      const shared = new AbortController();
      const controllers = Array.from({ length: count }, () => own ? new AbortController() : shared);
      const settled = Promise.allSettled(controllers.map(({ signal }) => wait({ signal })));
      for (const each of own ? controllers.reverse() : [shared]) each.abort();
      await settled;
    });
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
  const end = new Event();
  const first = executor.submit(targets.held, end);
  await checkLinear((options) => executor.submitWith(options, targets.nothing));
  end.set();
  await first;
});

Deno.test("jobs that wait for their turn on this thread", async () => {
  await using executor = new AsyncExecutor({ maxConcurrency: 1 });
  const end = new Event();
  const first = executor.submit(targets.held, end);
  await checkLinear((options) => executor.submitWith(options, targets.nothing));
  end.set();
  await first;
});
