import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { AsyncExecutor } from "@quartet/concurrency/futures";
import { executorSuite } from "../suites/executor_suite.ts";
import { jobs } from "../support/targets/jobs.ts";

executorSuite("AsyncExecutor", {
  make: (maxConcurrency) => new AsyncExecutor({ maxConcurrency }),
  isRemote: false,
  overlaps: true,
});

Deno.test("AsyncExecutor.submit() begins its job after it returned", async () => {
  await using executor = new AsyncExecutor();
  const future = executor.submit(jobs.square, 5);
  assertEquals(future.state, "pending");
  assertEquals(await future, 25);
});

Deno.test("AsyncExecutor refuses a maxConcurrency below 1", () => {
  assertThrows(() => new AsyncExecutor({ maxConcurrency: 0 }), RangeError, "maxConcurrency 0");
});
