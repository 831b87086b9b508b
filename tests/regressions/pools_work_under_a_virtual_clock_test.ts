/** A pool's own watches go by real time: a clock that jumps ends neither its workers nor their starts. */
import "../support/leak_guard.ts";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { currentSignal, portable, TimeoutError } from "@quartet/concurrency/futures";
import { Pool } from "@quartet/concurrency/multiprocessing";
import { VirtualClock } from "@quartet/concurrency/testing";
import { Thread } from "@quartet/concurrency/threading";
import { testEachExecutor } from "../support/each_executor.ts";

const work = portable(import.meta, {
  double(n: number): number {
    return 2 * n;
  },
  /** Uses a virtual clock itself, inside of its worker. */
  async underClock(): Promise<number> {
    const { VirtualClock } = await import("@quartet/concurrency/testing");
    using clock = new VirtualClock({ start: 5 });
    await Promise.resolve();
    return clock.now();
  },
  untilAborted(): Promise<void> {
    return new Promise((resolve) => currentSignal().addEventListener("abort", () => resolve()));
  },
});

testEachExecutor("works under a virtual clock", async (executor) => {
  using clock = new VirtualClock();
  assertEquals(await executor.submit(work.double, 21), 42);
  assertEquals(await Array.fromAsync(executor.map(work.double, [1, 2, 3])), [2, 4, 6]);
  await executor.shutdown();
  assertEquals(executor.statistics().lost, 0);
  assertEquals(clock.now(), 0, "nothing of it waits for virtual time");
});

testEachExecutor("a job may use a virtual clock", async (executor) => {
  for (let n = 0; n < 3; n++) assertEquals(await executor.submit(work.underClock), 5);
  assertEquals(executor.statistics().run.count, 3);
});

testEachExecutor(
  "a job's timeout goes by the virtual clock",
  async (executor) => {
    using clock = new VirtualClock({ autoJump: false });
    await executor.ready();
    const future = executor.submitWith({ timeout: 3_600_000 }, work.untilAborted);
    const outcome = assertRejects(() => future.then(), TimeoutError);
    while (clock.statistics().timers === 0) await new Promise((done) => setTimeout(done, 1));
    await clock.advance(3_600_000);
    assertInstanceOf(await outcome, TimeoutError);
    await executor.shutdown();
  },
  { names: ["AsyncExecutor", "ThreadPoolExecutor", "ProcessPoolExecutor"] },
);

Deno.test("multiprocessing.Pool and Thread work under a virtual clock", async () => {
  using clock = new VirtualClock();
  await using pool = new Pool({ processes: 2 });
  assertEquals(await pool.map(work.double, [1, 2, 3]), [2, 4, 6]);
  const thread = new Thread({ target: work.double, args: [4] }).start();
  assertEquals(await thread.result, 8);
  await thread.join();
  assertEquals(clock.now(), 0);
});
