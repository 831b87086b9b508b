/** Pauses, rates, priorities and idleness: the same on every executor. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncExecutor,
  currentSignal,
  type Executor,
  portable,
  ProcessPoolExecutor,
  SyncExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { until, VirtualClock } from "@quartet/concurrency/testing";
import { testEachExecutor } from "../support/each_executor.ts";

const work = portable(import.meta, {
  same<T>(value: T): T {
    return value;
  },
  async sameLater<T>(value: T): Promise<T> {
    await Promise.resolve();
    return value;
  },
  untilAborted(): Promise<void> {
    return new Promise((resolve) => currentSignal().addEventListener("abort", () => resolve()));
  },
  never(): Promise<never> {
    return new Promise(() => {});
  },
});

testEachExecutor("pause() holds back what waits, resume() lets it go", async (executor) => {
  executor.pause();
  executor.pause();
  const futures = [1, 2, 3].map((n) => executor.submit(work.sameLater, n));
  await executor.ready();
  await executor.broadcast(work.same, 0); // is not held back on pools: a worker is there, and had time
  assertEquals(executor.statistics().paused, true);
  assertEquals(futures.map((each) => each.state), ["pending", "pending", "pending"]);
  assertEquals(futures[1]!.cancel("not needed"), true);
  executor.resume();
  executor.resume();
  await executor.onIdle();
  assertEquals(executor.statistics().paused, false);
  assertEquals([futures[0]!.result(), futures[1]!.cancelled(), futures[2]!.result()], [1, true, 3]);
}, { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"] });

testEachExecutor("pause() holds back what waits, resume() lets it go", async (executor) => {
  executor.pause();
  const futures = [1, 2, 3].map((n) => executor.submit(work.sameLater, n));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assertEquals([executor.statistics().paused, executor.statistics().queued], [true, 3]);
  assertEquals(futures[1]!.cancel("not needed"), true);
  executor.resume();
  await executor.onIdle();
  assertEquals([futures[0]!.result(), futures[1]!.cancelled(), futures[2]!.result()], [1, true, 3]);
}, { names: ["SyncExecutor", "AsyncExecutor"] });

testEachExecutor("pause() takes back what a worker has not begun", async (executor) => {
  for (let n = 0; n < 200; n++) await executor.submit(work.same, n); // windows are wide now
  const controller = new AbortController();
  const running = executor.submitWith({ signal: controller.signal }, work.untilAborted);
  await until(() => running.running());
  const waiting = Array.from({ length: 20 }, (_, n) => executor.submit(work.same, n));
  await new Promise((resolve) => setTimeout(resolve, 0));
  executor.pause();
  controller.abort();
  await running.catch((error) => error);
  await executor.broadcast(work.same, 0);
  const { queued, running: left } = executor.statistics();
  const done = waiting.filter((each) => each.done()).length;
  assertEquals(queued + left + done, 20);
  executor.resume();
  assertEquals(await Promise.all(waiting), Array.from({ length: 20 }, (_, n) => n));
}, { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 });

testEachExecutor("shutdown() ends a pause", async (executor) => {
  executor.pause();
  const future = executor.submit(work.same, 5);
  await executor.shutdown();
  assertEquals(future.result(), 5);
});

testEachExecutor("shutdown({ cancelPending }) cancels what is held back", async (executor) => {
  executor.pause();
  const future = executor.submit(work.same, 5);
  await executor.shutdown({ cancelPending: true });
  assertEquals(future.cancelled(), true);
});

testEachExecutor("onIdle() ends when nothing waits and nothing runs", async (executor) => {
  await executor.onIdle(); // at once
  const futures = Array.from({ length: 30 }, (_, n) => executor.submit(work.sameLater, n));
  await executor.onIdle();
  assert(futures.every((each) => each.done()));
  const { queued, running } = executor.statistics();
  assertEquals([queued, running], [0, 0]);
});

testEachExecutor("onIdle() ends also when all that waited is cancelled", async (executor) => {
  executor.pause();
  const futures = [1, 2].map((n) => executor.submit(work.same, n));
  const idle = executor.onIdle();
  for (const future of futures) future.cancel();
  await idle;
});

testEachExecutor("map() goes through a pause", async (executor) => {
  executor.pause();
  const results = executor.map(work.same, [1, 2, 3], { chunkSize: 2 });
  const first = results.next();
  executor.resume();
  assertEquals((await first).value, 1);
  assertEquals(await Array.fromAsync(results), [2, 3]);
});

for (
  const [name, make] of Object.entries({
    SyncExecutor: (rate) => new SyncExecutor({ rate }),
    AsyncExecutor: (rate) => new AsyncExecutor({ rate }),
    ThreadPoolExecutor: (rate) => new ThreadPoolExecutor({ maxWorkers: 2, rate }),
    ProcessPoolExecutor: (rate) => new ProcessPoolExecutor({ maxWorkers: 2, rate }),
  } as Record<string, (rate: { limit: number; interval: number }) => Executor>)
) {
  Deno.test(`${name}: no more jobs begin in an interval than the rate lets`, async () => {
    using clock = new VirtualClock({ autoJump: false });
    await using executor = make({ limit: 3, interval: 1_000 });
    await executor.ready();
    const futures = Array.from({ length: 8 }, (_, n) => executor.submit(work.same, n));
    const done = (): number => futures.filter((each) => each.done()).length;
    for (const expected of [3, 6, 8]) {
      await until(() => done() === expected && executor.statistics().running === 0);
      if (expected === 8) break;
      await clock.advance(999);
      assertEquals(done(), expected);
      await clock.advance(1);
    }
    assertEquals(await Promise.all(futures), [0, 1, 2, 3, 4, 5, 6, 7]);
    const late = executor.submit(work.same, 9); // two began in this interval: one more may
    assertEquals(await late, 9);
    const cancelled = executor.submit(work.same, 10);
    assertEquals(cancelled.cancel(), true);
    await executor.onIdle();
    assertEquals(clock.statistics().timers, 0, "nobody waits for the rate any more");
  });

  Deno.test(`${name} refuses a rate that cannot be meant`, () => {
    for (const rate of [{ limit: 0, interval: 1 }, { limit: NaN, interval: 1 }]) {
      assertThrows(() => make(rate), RangeError, "rate.limit");
    }
    for (const interval of [0, -1, NaN, Infinity]) {
      assertThrows(() => make({ limit: 1, interval }), RangeError, "rate.interval");
    }
    assertThrows(() => make(5 as unknown as { limit: 1; interval: 1 }), TypeError, "rate 5");
  });
}

testEachExecutor(
  "jobs of a higher priority begin first, equal ones in their order",
  async (executor) => {
    const begun: string[] = [];
    const submit = (priority: number, name: string): unknown =>
      executor.submitWith({ priority, onProgress: () => 0 }, work.same, name).addDoneCallback(
        (each) => begun.push(each.result()),
      );
    executor.pause();
    for (const [priority, name] of [[0, "a"], [2, "b"], [-1, "c"], [2, "d"], [0, "e"]] as const) {
      submit(priority, name);
    }
    executor.resume();
    await executor.onIdle();
    assertEquals(begun.join(""), "bdaec");
  },
  { width: 1 },
);

testEachExecutor(
  "a job that does not stop within a second holds up neither others nor shutdown()",
  async (executor) => {
    const controller = new AbortController();
    const stuck = executor.submitWith({ signal: controller.signal }, work.never);
    await until(() => stuck.running());
    const queued = executor.submit(work.same, 1);
    controller.abort(new Error("enough"));
    await assertRejects(() => stuck.then(), Error, "enough");
    assertEquals(await queued, 1);
    const late = executor.submitWith({ timeout: 10 }, work.never);
    await assertRejects(() => late.then(), Error, "10 ms");
    await executor.shutdown();
  },
  { width: 1 },
);

Deno.test("map() waits for room where the queue is bounded", async () => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1, maxQueue: 2 });
  const inputs = Array.from({ length: 40 }, (_, n) => n);
  assertEquals(await Array.fromAsync(executor.map(work.same, inputs)), inputs);
  const chunked = executor.map(work.same, inputs, { chunkSize: 3 });
  assertEquals(await Array.fromAsync(chunked), inputs);
});

Deno.test("shutdown({ timeout }) cancels what the rate holds back", async () => {
  for (const make of [AsyncExecutor, ThreadPoolExecutor]) {
    const executor = new make({ rate: { limit: 1, interval: 3_600_000 } });
    const futures = [1, 2].map((n) => executor.submit(work.same, n));
    assertEquals(await futures[0], 1);
    await executor.shutdown({ timeout: 10 });
    assertEquals(futures[1]!.cancelled(), true);
  }
});
