import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  BrokenExecutorError,
  CancelledError,
  FullError,
  InvalidStateError,
  NatsExecutor,
  TransferError,
} from "@quartet/concurrency/distributed";
import { Lock } from "@quartet/concurrency/multiprocessing";
import { until } from "@quartet/concurrency/testing";
import { Scene } from "../support/nats_scene.ts";
import { natsTest } from "../support/nats_server.ts";
import { jobs, OrderError } from "../support/targets/jobs.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";
import { settingJobs } from "../support/targets/setting_jobs.ts";

natsTest("a job that fails is tried again, and its last error tells how often", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const retries = { attempts: 3, delay: 10 };
  const future = executor.submitWith({ retries }, remoteJobs.fail, scene.folder);
  const error = await assertRejects(() => future.then(), RangeError, "on purpose");
  assertEquals((error as RangeError & { attempts: number }).attempts, 3);
  assertEquals(scene.lines("failed").length, 3);
  const letters = await Array.fromAsync(executor.deadLetters());
  assertEquals(letters.map(({ id, attempts, error }) => [id, attempts, error]), [
    [future.id, 3, { name: "RangeError", message: "on purpose" }],
  ]);
});

natsTest("an attempt that succeeds is the last, and nothing is a dead letter", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const retries = { attempts: 5, delay: 10, factor: 1, jitter: false };
  const future = executor.submitWith({ retries }, settingJobs.failTwice, scene.folder);
  assertEquals(await future, 3);
  assertEquals(await Array.fromAsync(executor.deadLetters()), []);
});

natsTest("only errors that are worth it are tried again", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const retries = { attempts: 3, delay: 10, when: settingJobs.isOrder };
  const hopeless = executor.submitWith({ retries }, remoteJobs.fail, scene.folder);
  await assertRejects(() => hopeless.then(), RangeError);
  assertEquals(scene.lines("failed").length, 1);
  const worthIt = executor.submitWith({ retries }, settingJobs.failWithOrder, scene.folder);
  await assertRejects(() => worthIt.then(), OrderError);
  assertEquals(scene.lines("orders").length, 3);
});

natsTest("each attempt has its own timeout, and one that is late is tried again", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ executor: "threads", concurrency: 1 });
  // The first attempt has no end; on a busy machine another may be late as well, and is tried again.
  const settings = { timeout: 500, retries: { attempts: 100, delay: 10 } };
  const future = executor.submitWith(settings, settingJobs.lateOnce, scene.folder);
  assertEquals(await future, "in time");
});

natsTest("a job with a delay does not run before", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const submitted = Date.now();
  const ran = await executor.submitWith({ delay: 300 }, settingJobs.now);
  assert(ran - submitted >= 299, `it ran after ${ran - submitted} ms`);
});

natsTest("a limit holds over all workers, and a worker that died loses its place", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const limit = { key: "one at a time", max: 1 };
  const doomed = await scene.remoteWorker({ concurrency: 2 });
  const held = executor.submitWith({ limit }, remoteJobs.waitForFile, scene.folder, "a");
  await until(() => scene.lines("began").length === 1);
  await doomed.kill();
  await scene.worker({ concurrency: 4 });
  await scene.worker({ concurrency: 4 });
  const inside = Array.from(
    { length: 8 },
    () => executor.submitWith({ limit }, settingJobs.alone, scene.folder),
  );
  await scene.go();
  assertEquals(await Promise.all(inside), new Array(8).fill(1));
  assertEquals(await held, Deno.pid);
});

natsTest("cancelling what is found by its id cancels the job for all", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const other = scene.caller();
  const future = executor.submit(jobs.square, 7);
  await future.accepted;
  const found = other.future(future.id);
  found.catch(() => "expected");
  await other.ready();
  assertEquals(found.cancel("not needed"), true);
  await assertRejects(() => future.then(), CancelledError, "not needed");
});

natsTest("a job that nobody submitted is not waited for", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await assertRejects(() => executor.future("nobody-1").then(), InvalidStateError, "nobody-1");
  await assertRejects(() => executor.replay("nobody-1").then(), InvalidStateError, "nobody-1");
  await assertRejects(() => executor.purge("nobody-1"), InvalidStateError, "nobody-1");
});

natsTest("a stream whose worker dies fails: its items are not given twice", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const worker = await scene.remoteWorker();
  const items = executor.stream(settingJobs.countAndWait, scene.folder);
  assertEquals((await items.next()).value, 0);
  await worker.kill();
  await scene.worker();
  await assertRejects(async () => {
    for await (const item of items) assert(item > 0);
  }, BrokenExecutorError);
  await scene.go();
  await until(() => scene.lines("left").length === 1); // by the second run; the first one was killed
});

natsTest("a generator is held back by its reader, and its finally runs at a break", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ executor: "threads", concurrency: 1 });
  for await (const item of executor.stream(settingJobs.countForever, scene.folder)) {
    if (item === 3) break;
  }
  const [count] = scene.lines("counted").map(Number);
  assert(count! < 1_000, `it was let run to ${count}`);
});

natsTest("the bound on open jobs is kept, and room() waits for one", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller({ maxQueue: 2 });
  const two = [1, 2].map((n) => executor.submit(jobs.square, n));
  await assertRejects(() => executor.submit(jobs.square, 3).then(), FullError, "maxQueue is 2");
  await scene.worker();
  await executor.room();
  assertEquals(await executor.submit(jobs.square, 3), 9);
  assertEquals(await Promise.all(two), [1, 4]);
});

natsTest("a pause holds back what was not sent, and shutdown ends it", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  executor.pause();
  const future = executor.submit(jobs.square, 4);
  assertEquals([executor.statistics().paused, executor.statistics().queued], [true, 1]);
  await executor.shutdown();
  assertEquals(future.result(), 16);
});

natsTest("a lock does not leave its family of processes", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const future = executor.submit(jobs.echo, [new Lock()]);
  const error = await future.catch((error) => error);
  assertInstanceOf(error, TransferError);
  await assertRejects(() => future.accepted, TransferError);
});

Deno.test("settings that cannot be meant are refused before anything is sent", async () => {
  await using executor = new NatsExecutor();
  for (
    const [settings, word] of [
      [{ delay: NaN }, "delay"],
      [{ delay: -1 }, "delay"],
      [{ key: 7 }, "key"],
      [{ limit: { key: "a", max: 0 } }, "limit.max"],
      [{ limit: { max: 1 } }, "limit.key"],
      [{ limit: 3 }, "limit"],
      [{ retries: 3 }, "retries"],
      [{ retries: { attempts: 0 } }, "retries.attempts"],
      [{ retries: { attempts: 2, factor: 0.5 } }, "retries.factor"],
      [{ retries: { attempts: 2, maxDelay: NaN } }, "retries.maxDelay"],
      [{ retries: { attempts: 2, jitter: 1 } }, "retries.jitter"],
      [{ retries: { attempts: 2, when: 1 } }, "retries.when"],
    ] as const
  ) {
    const error = assertThrows(() => executor.submitWith(settings as never, jobs.square, 1), Error);
    assert(error.message.includes(word), `${error.message} does not name ${word}`);
  }
});
