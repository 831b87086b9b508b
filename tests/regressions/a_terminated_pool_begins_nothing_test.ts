// A call that a killed worker had not begun came back to wait, and began on a new worker: the pool never ended.
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  BrokenExecutorError,
  CancelledError,
  ProcessPoolExecutor,
} from "@quartet/concurrency/futures";
import { Pool, Process, ThreadPool, Value } from "@quartet/concurrency/multiprocessing";
import { halt, isHalting } from "../support/halt.ts";
import { until } from "../support/until_waiting.ts";

const processId = (): number => Deno.pid;
const identity = (n: number): number => n;
const ignore = !isHalting;

Deno.test("Pool: what a terminated pool has not begun is cancelled, and begins nowhere", {
  ignore,
}, async () => {
  const pool = new Pool(1);
  const pid = await pool.apply(processId);
  await halt(pid);
  const calls = [1, 2].map(() => pool.applyAsync(processId).get());
  await until(() => pool.statistics().running > 0);
  pool.terminate();
  Deno.kill(pid, "SIGCONT");
  for (const call of calls) await assertRejects(() => call, CancelledError);
  await pool.join();
  assertEquals(pool.statistics().completed, 1);
});

Deno.test(
  "ProcessPoolExecutor: cancelPending counts for what comes back from a worker that was killed",
  {
    ignore,
  },
  async () => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
    const pid = await executor.submit(processId);
    await halt(pid);
    const jobs = [1, 2].map(() => executor.submit(processId));
    await until(() => executor.statistics().running > 0);
    const ended = executor.shutdown({ cancelPending: true });
    Deno.kill(pid, "SIGKILL");
    for (const job of jobs) await assertRejects(async () => await job, CancelledError);
    await ended;
  },
);

Deno.test("what is disposed of ends also while it is stopped", { ignore }, async () => {
  const pool = new Pool(1);
  await halt(await pool.apply(processId));
  const process = new Process({ target: () => new Promise(() => {}) }).start();
  await halt(process.pid!);
  await Promise.all([pool[Symbol.asyncDispose](), process[Symbol.asyncDispose]()]);
  assertEquals(process.exitCode, -9);
});

Deno.test("what comes back to a broken executor fails with it", { ignore }, async () => {
  const starts = new Value(0);
  const executor = new ProcessPoolExecutor({
    maxWorkers: 2,
    initializer: async (starts: Value) => {
      if (await starts.add(1) > 0) throw new RangeError("the second start");
    },
    initargs: [starts],
  });
  const pid = await executor.submit(processId);
  await halt(pid);
  const jobs = [1, 2].map((n) => executor.submit(n === 1 ? processId : () => null));
  await assertRejects(() => executor.ready(), BrokenExecutorError, "initializer");
  Deno.kill(pid, "SIGKILL");
  for (const job of jobs) await assertRejects(async () => await job, BrokenExecutorError);
  await executor.shutdown();
  assertEquals(await starts.get(), 2);
});

for (
  const [name, make] of [["Pool", () => new Pool(1)], [
    "ThreadPool",
    () => new ThreadPool(1),
  ]] as const
) {
  Deno.test(`${name}: a call whose inputs never end ends with the pool, and lets go of them`, async () => {
    let isClosed = false;
    async function* rising(): AsyncGenerator<number> {
      try {
        for (let n = 0;; n++) {
          yield await new Promise<number>((resolve) => setTimeout(resolve, 0, n));
        }
      } finally {
        isClosed = true;
      }
    }
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const pool = make();
    const ends = [
      pool.map(identity, rising()),
      pool.map(identity, silent),
      pool.imap(identity, silent).next(),
    ].map((end) => assertRejects(() => end, CancelledError, "terminated"));
    pool.terminate();
    await Promise.all(ends);
    await pool.join();
    await until(() => isClosed);
  });
}
