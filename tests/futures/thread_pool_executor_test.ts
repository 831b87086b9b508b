import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  BrokenExecutorError,
  FullError,
  ThreadPoolExecutor,
  transfer,
  TransferError,
  wait,
} from "@quartet/concurrency/futures";
import { until } from "@quartet/concurrency/testing";
import { Gil } from "@quartet/concurrency/threading";
import { executorSuite } from "../suites/executor_suite.ts";
import { program } from "../support/program.ts";
import { user } from "../support/targets/context_jobs.ts";
import { jobs, OrderError } from "../support/targets/jobs.ts";

executorSuite("ThreadPoolExecutor", {
  make: (maxWorkers) => new ThreadPoolExecutor({ maxWorkers }),
  isRemote: true,
  overlaps: true,
});

for (
  const [how, job] of [["closes itself", jobs.closeWorker], ["exits", jobs.exitWorker]] as const
) {
  Deno.test(`ThreadPoolExecutor fails only the job whose worker ${how}, and heals`, async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const lost = pool.submit(job);
    const next = Array.from({ length: 5 }, (_, n) => pool.submit(jobs.square, n));
    await assertRejects(() => lost.then(), BrokenExecutorError);
    assertEquals(await Promise.all(next), [0, 1, 4, 9, 16]);
    assertEquals(pool.statistics().lost, 1);
  });
}

Deno.test("ThreadPoolExecutor.resultSync() fails when the job's worker closes itself or exits", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  for (const job of [jobs.closeWorker, jobs.exitWorker]) {
    const lost = pool.submit(job);
    assertThrows(() => lost.resultSync({ timeout: 60_000 }), BrokenExecutorError);
    assertEquals(pool.submit(jobs.square, 3).resultSync({ timeout: 60_000 }), 9);
  }
  assertEquals(pool.statistics().lost, 2);
});

Deno.test("ThreadPoolExecutor tells the error that crashed a worker outside of its job", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const error = await assertRejects(() => pool.submit(jobs.crashLater).then(), BrokenExecutorError);
  assertInstanceOf(error.cause, OrderError);
  assertEquals(await pool.submit(jobs.square, 3), 9);
});

Deno.test("ThreadPoolExecutor.resultSync() blocks for the result, also of queued jobs", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const futures = [1, 2, 3].map((n) => pool.submit(jobs.square, n));
  assertEquals(futures.map((future) => future.resultSync()).reverse(), [9, 4, 1]);
  const slow = pool.submit(jobs.untilAborted);
  assertThrows(() => slow.resultSync({ timeout: 10 }), Error, "10 ms");
  await pool.shutdown({ timeout: 0 });
  await slow.catch(() => "stopped");
});

Deno.test("ThreadPoolExecutor runs its initializer in each worker first", async () => {
  await using pool = new ThreadPoolExecutor({
    maxWorkers: 2,
    initializer: jobs.rememberWorker,
    initargs: ["initialized", "yes"],
  });
  assertEquals(await pool.broadcast(jobs.recallWorker, "initialized"), ["yes", "yes"]);
});

Deno.test("ThreadPoolExecutor is broken by an initializer that fails, and says why", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, initializer: jobs.failInitializer });
  const error = await assertRejects(() => pool.submit(jobs.square, 1).then(), BrokenExecutorError);
  assertInstanceOf(error.cause, OrderError);
  assertThrows(() => pool.submit(jobs.square, 1), BrokenExecutorError);
});

Deno.test("ThreadPoolExecutor is broken at once by initargs that cannot cross, and says where they stand", async () => {
  await using pool = new ThreadPoolExecutor({
    maxWorkers: 1,
    initializer: jobs.rememberWorker,
    initargs: ["key", () => 1],
  });
  const error = await assertRejects(() => pool.submit(jobs.square, 1).then(), BrokenExecutorError);
  assertInstanceOf(error.cause, TransferError);
  assertEquals(error.cause.path, "[1]");
});

Deno.test("ThreadPoolExecutor moves what is marked with transfer()", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const bytes = new Uint8Array(1000);
  assertEquals(await pool.submit(jobs.lengthOf, transfer(bytes)), 1000);
  assertEquals(bytes.byteLength, 0);
  const more = new Float64Array([1, 2, 3]);
  assertEquals(await pool.submitWith({ transfer: [more.buffer] }, jobs.sum, more), 6);
  assertEquals(more.byteLength, 0);
});

Deno.test("ThreadPoolExecutor runs the far finally when a stream is left early", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const flag = new Int32Array(new SharedArrayBuffer(4));
  for await (const item of pool.stream(jobs.countForever, flag)) if (item === 100) break;
  assertEquals(flag[0], 1);
  assertEquals(await pool.submit(jobs.square, 2), 4);
});

Deno.test("ThreadPoolExecutor refuses a job past maxQueue, and room() waits for a place", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, maxQueue: 2 });
  const controller = new AbortController();
  const running = pool.submitWith({ signal: controller.signal }, jobs.untilAborted);
  await until(() => running.running());
  const queued = [pool.submit(jobs.square, 1), pool.submit(jobs.square, 2)];
  await assertRejects(() => pool.submit(jobs.square, 3).then(), FullError, "maxQueue is 2");
  const room = pool.room().then(() => "room");
  controller.abort(new Error("over"));
  assertEquals(await room, "room");
  assertEquals(await Promise.all(queued), [1, 4]);
  await running.catch(() => "expected");
});

Deno.test("ThreadPoolExecutor begins jobs of a higher priority first", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const controller = new AbortController();
  const running = pool.submitWith({ signal: controller.signal }, jobs.untilAborted);
  await until(() => running.running());
  const order: number[] = [];
  const futures = [0, 5, 1, 5].map((priority, n) => {
    const future = pool.submitWith({ priority }, jobs.square, n);
    future.addDoneCallback(() => order.push(n));
    return future;
  });
  controller.abort(new Error("over"));
  await wait(futures);
  assertEquals(order, [1, 3, 2, 0]);
  await running.catch(() => "expected");
});

Deno.test("ThreadPoolExecutor replaces a worker after maxTasksPerChild jobs", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, maxTasksPerChild: 2 });
  await pool.submit(jobs.rememberWorker, "mark", 1);
  assertEquals(await pool.submit(jobs.recallWorker, "mark"), 1);
  assertEquals(await pool.submit(jobs.recallWorker, "mark"), undefined);
});

Deno.test("ThreadPoolExecutor lets idle workers go, down to minWorkers", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2, minWorkers: 1, idleTimeout: 20 });
  assertEquals(await pool.broadcast(jobs.square, 3), [9, 9]);
  await until(() => pool.statistics().workers === 1);
});

Deno.test("ThreadPoolExecutor overlaps asynchronous jobs up to concurrencyPerWorker", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 3 });
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = [1, 2].map(() => pool.submitWith({ signal }, jobs.untilAborted));
  assertEquals(await pool.submit(jobs.addLater, 1, 2), 3);
  controller.abort(new Error("over"));
  await wait(waiting);
});

Deno.test("ThreadPoolExecutor fails a job whose module cannot be loaded", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const { portableModule } = await import("@quartet/concurrency/futures");
  const missing = portableModule<{ go(): void }>(import.meta.resolve("./does_not_exist.ts"));
  await assertRejects(() => pool.submit(missing.go).then(), TypeError, "does_not_exist");
  assertEquals(await pool.submit(jobs.square, 2), 4);
});

Deno.test("ThreadPoolExecutor keeps a quick job from waiting behind a slow one", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  const gate = new Int32Array(new SharedArrayBuffer(4));
  await pool.ready();
  for (let n = 0; n < 400; n++) await pool.submit(jobs.square, n); // quick, so many may go to one worker
  const slow = pool.submit((gate: Int32Array) => {
    while (Atomics.load(gate, 0) === 0);
    return "slow";
  }, gate);
  const quick = Array.from({ length: 200 }, (_, n) => pool.submit(jobs.square, n));
  await Promise.all(quick);
  assertEquals(slow.done(), false);
  Atomics.store(gate, 0, 1);
  assertEquals(await slow, "slow");
});

Deno.test("ThreadPoolExecutor.shutdown({ timeout }) stops what runs and returns", async () => {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const spinning = pool.submit(jobs.spin);
  await until(() => spinning.running());
  await pool.shutdown({ timeout: 0 });
  assert(spinning.done());
  await spinning.catch(() => "stopped");
});

Deno.test("ThreadPoolExecutor.ready() ends also when the pool is shut down meanwhile", async () => {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  const ready = pool.ready();
  await pool.shutdown();
  await ready;
  assertEquals(pool.statistics().workers, 0);
});

Deno.test("submitWith() moves what it is to move also when context variables go along", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const view = new Uint8Array(100);
  const settings = { context: true, transfer: [view.buffer] };
  using _ = user.set("ann");
  assertEquals(await pool.submitWith(settings, jobs.lengthOf, view), 100);
  assertEquals(view.byteLength, 0);
});

Deno.test("ThreadPoolExecutor refuses options that cannot be meant", () => {
  assertThrows(() => new ThreadPoolExecutor({ maxWorkers: 0 }), RangeError, "maxWorkers 0");
  assertThrows(
    () => new ThreadPoolExecutor({ maxWorkers: 1, minWorkers: 2 }),
    RangeError,
    "minWorkers 2",
  );
  assertThrows(() => new ThreadPoolExecutor({ idleTimeout: -1 }), RangeError, "idleTimeout -1");
});

Deno.test("ThreadPoolExecutor lets one job at a time compute under a Gil, and others at its checkpoints", async () => {
  const gil = new Gil({ algorithm: "timeslice", interval: 1 });
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2, gil });
  const words = new Int32Array(new SharedArrayBuffer(8));
  await pool.ready();
  await Promise.all([
    pool.submit(jobs.takeTurns, words, 30),
    pool.submit(jobs.takeTurns, words, 30),
  ]);
  assertEquals(words[1], 1, "never two at once");
  assertEquals(await Array.fromAsync(pool.map(jobs.square, [1, 2, 3], { chunkSize: 2 })), [
    1,
    4,
    9,
  ]);
});

Deno.test("a program ends, and says why, although a thread of its pool would not stop", async () => {
  const { code, stdout, stderr } = await program("zombie.ts");
  assertEquals(stdout, "shut down, 1 zombie\nBrokenExecutorError\n");
  assert(stderr.includes("would not stop: stubborn-1"), stderr);
  assertEquals(code, 0);
});

for (const kind of ["threads", "processes"]) {
  Deno.test(`a script without its main guard is told so when it starts ${kind}, and ends`, async () => {
    const { code, stderr } = await program("no_main_guard.ts", kind);
    assert(stderr.includes("if (import.meta.main)"), stderr);
    assertEquals(code, 1);
  });
}
