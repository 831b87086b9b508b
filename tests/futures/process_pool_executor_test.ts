import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { BrokenExecutorError, ProcessPoolExecutor } from "@quartet/concurrency/futures";
import { until } from "@quartet/concurrency/testing";
import { executorSuite } from "../suites/executor_suite.ts";
import { jobs, OrderError } from "../support/targets/jobs.ts";

executorSuite("ProcessPoolExecutor", {
  make: (maxWorkers) => new ProcessPoolExecutor({ maxWorkers }),
  isRemote: true,
  overlaps: true,
});

Deno.test("ProcessPoolExecutor fails only the job whose process exits, tells the code, and heals", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const lost = pool.submit(jobs.exitWorker);
  const next = Array.from({ length: 3 }, (_, n) => pool.submit(jobs.square, n));
  await assertRejects(() => lost.then(), BrokenExecutorError, "code 3");
  assertEquals(await Promise.all(next), [0, 1, 4]);
});

Deno.test("ProcessPoolExecutor replaces a killed process and names the signal", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const pid = await pool.submit(() => Deno.pid);
  assert(pid !== Deno.pid);
  const waiting = pool.submit(jobs.untilAborted);
  await until(() => waiting.running());
  Deno.kill(pid, "SIGKILL");
  await assertRejects(() => waiting.then(), BrokenExecutorError, "SIGKILL");
  assert(await pool.submit(() => Deno.pid) !== pid);
});

Deno.test("ProcessPoolExecutor kills the process of a job that is out of time", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const pid = await pool.submit(() => Deno.pid);
  const spinning = pool.submitWith({ timeout: 30 }, () => {
    for (;;);
  });
  await assertRejects(() => spinning.then(), Error, "30 ms");
  assert(await pool.submit(() => Deno.pid) !== pid);
});

Deno.test("ProcessPoolExecutor tells the error that crashed a process outside of its job", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const error = await assertRejects(() => pool.submit(jobs.crashLater).then(), BrokenExecutorError);
  assertInstanceOf(error.cause, OrderError);
  assertEquals(await pool.submit(jobs.square, 3), 9);
});

Deno.test("ProcessPoolExecutor refuses to send shared memory, naming where it stands", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const shared = new Int32Array(new SharedArrayBuffer(4));
  await assertRejects(() => pool.submit(jobs.echo, { shared }).then(), Error, "[0].shared");
});

Deno.test("ProcessPoolExecutor gives its processes no more than they are granted", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, permissions: "none" });
  await assertRejects(
    () => pool.submit(() => Deno.env.get("HOME")).then(),
    Deno.errors.NotCapable,
  );
});
