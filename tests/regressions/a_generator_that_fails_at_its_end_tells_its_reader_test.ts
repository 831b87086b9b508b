/** What a generator throws while it ends is told by the return() that ended it, and by nobody else. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { AsyncExecutor } from "@quartet/concurrency/futures";
import { testEachExecutor } from "../support/each_executor.ts";
import { jobs } from "../support/targets/jobs.ts";
import { streamJobs } from "../support/targets/stream_jobs.ts";

for (const isRead of [false, true]) {
  testEachExecutor(
    `a finally that throws is told by return()${isRead ? ", while an item is waited for" : ""}`,
    async (executor) => {
      const items = executor.stream(streamJobs.failAtEnd);
      assertEquals((await items.next()).value, "begun");
      const waiting = isRead ? items.next() : null;
      await assertRejects(() => items.return!(), RangeError, "could not clean up");
      if (waiting !== null) assertEquals((await waiting).done, true);
      assertEquals((await items.next()).done, true);
      assertEquals(await executor.submit(jobs.square, 3), 9);
    },
  );
}

Deno.test("an iterator that fails by its step and by its return() tells the step's error alone", async () => {
  await using executor = new AsyncExecutor();
  const step = Promise.withResolvers<IteratorResult<number>>();
  const asked = Promise.withResolvers<void>();
  const iterator = {
    [Symbol.asyncIterator]: () => iterator,
    next(): Promise<IteratorResult<number>> {
      asked.resolve();
      return step.promise;
    },
    return(): Promise<IteratorResult<number>> {
      step.reject(new RangeError("the step"));
      return Promise.reject(new TypeError("the return"));
    },
  };
  const items = executor.stream(() => iterator);
  const waiting = items.next();
  await asked.promise;
  await assertRejects(() => items.return!(), RangeError, "the step");
  assertEquals((await waiting).done, true);
});
