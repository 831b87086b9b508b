import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { SyncExecutor } from "@quartet/concurrency/futures";
import { executorSuite } from "../suites/executor_suite.ts";
import { jobs } from "../support/targets/jobs.ts";

executorSuite("SyncExecutor", {
  make: () => new SyncExecutor(),
  isRemote: false,
  overlaps: false,
});

Deno.test("SyncExecutor.submit() has run a plain function when it returns", async () => {
  await using executor = new SyncExecutor();
  const future = executor.submit(jobs.square, 5);
  assertEquals([future.state, future.result()], ["done", 25]);
});
