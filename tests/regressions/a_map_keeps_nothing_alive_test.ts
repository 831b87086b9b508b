/** What was read, cancelled or walked away from is let go of: results, jobs, timers, listeners, shutdowns. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  currentSignal,
  portable,
  ThreadPoolExecutor,
  TimeoutError,
} from "@quartet/concurrency/futures";
import { until, VirtualClock } from "@quartet/concurrency/testing";
import { Value } from "@quartet/concurrency/threading";
import { testEachExecutor } from "../support/each_executor.ts";

const work = portable(import.meta, {
  same<T>(value: T): T {
    return value;
  },
  untilAborted(): Promise<void> {
    return new Promise((resolve) => currentSignal().addEventListener("abort", () => resolve()));
  },
  countBegun(begun: Value): Promise<void> {
    begun.add(1);
    return work.untilAborted();
  },
});

Deno.test("results are let go of once they are read, whatever signals and timeouts live on", async () => {
  const url = new URL("../support/programs/forgotten_results.ts", import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", url],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stderr)], [0, ""]);
  const left = JSON.parse(text.decode(stdout)) as Record<string, number>;
  assertEquals(Object.keys(left).length, 8);
  // The machine's registers and the last step of a loop may hold one or two.
  for (const [what, alive] of Object.entries(left)) assert(alive <= 3, `${what}: ${alive} alive`);
});

testEachExecutor("an abort withdraws what has not begun, reader or no reader", async (executor) => {
  for (const chunkSize of [1, 3]) {
    const controller = new AbortController();
    const { signal } = controller;
    const begun = new Value();
    let closed = 0;
    const inputs = function* (): Generator<Value> {
      try {
        for (;;) yield begun;
      } finally {
        closed++;
      }
    };
    const completed = executor.statistics().completed;
    const results = executor.map(work.countBegun, inputs(), { signal, chunkSize });
    await until(() => begun.get() === 1);
    controller.abort(new Error("enough")); // nobody reads now
    await executor.onIdle();
    assert(executor.statistics().completed - completed <= 2);
    await assertRejects(() => results.next(), Error, "enough");
    assertEquals((await results.next()).done, true);
    assertEquals(closed, 1);
  }
}, { names: ["AsyncExecutor", "ThreadPoolExecutor"], width: 1 });

testEachExecutor("an abort reaches a reader that waits for an input", async (executor) => {
  const controller = new AbortController();
  let asked = false;
  const never = {
    [Symbol.asyncIterator]: () => ({
      next: (): Promise<IteratorResult<number>> => {
        asked = true;
        return new Promise(() => {});
      },
    }),
  };
  const results = executor.map(work.same, never, { signal: controller.signal });
  const readers = [results.next(), results.next()];
  assertEquals(asked, true);
  controller.abort(new Error("enough"));
  await assertRejects(() => readers[0]!, Error, "enough");
  assertEquals((await readers[1]!).done, true);
});

testEachExecutor("a signal that is aborted before takes no input", async (executor) => {
  let taken = 0;
  const inputs = function* (): Generator<number> {
    for (;;) yield taken++;
  };
  const signal = AbortSignal.abort(new Error("never"));
  const results = executor.map(work.same, inputs(), { signal });
  await assertRejects(() => results.next(), Error, "never");
  assertEquals(taken, 0);
});

testEachExecutor(
  "a timeout ends a wait, gives what is there, and leaves no timer",
  async (executor) => {
    const late = {
      async *[Symbol.asyncIterator](): AsyncGenerator<number> {
        yield 1;
        await new Promise(() => {});
      },
    };
    {
      using clock = new VirtualClock({ autoJump: false });
      const results = executor.map(work.same, late, { timeout: 1_000 });
      assertEquals((await results.next()).value, 1);
      const ended = assertRejects(() => results.next(), TimeoutError, "1000 ms");
      await clock.advance(1_000);
      await ended;
      assertEquals((await results.next()).done, true);
    }

    const ready = executor.map(work.same, [1, 2], { timeout: 3_600_000 }); // a timer left would fail the file
    await ready.next();
    await executor.onIdle();
  },
);

Deno.test("the reader's time is not the map's: what is there past the timeout is given", async () => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const results = executor.map(work.same, [1, 2], { timeout: 50 });
  await executor.onIdle();
  const begun = performance.now();
  await until(() => performance.now() - begun > 60);
  assertEquals(await Array.fromAsync(results), [1, 2]);
});

testEachExecutor(
  "break and return() in mid-flight leave an executor that works",
  async (executor) => {
    for (let round = 0; round < 5; round++) {
      for await (const _ of executor.map(work.same, [1, 2, 3, 4], { ordered: false })) break;
      const results = executor.map(work.same, [1, 2, 3, 4, 5, 6], { chunkSize: 2 });
      await results.next();
      await results.return!();
      await results.return!();
      assertEquals((await results.next()).done, true);
    }
    assertEquals(await executor.submit(work.same, 7), 7);
  },
);
