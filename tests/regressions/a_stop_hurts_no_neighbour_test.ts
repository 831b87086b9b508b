/** Where several jobs run at once on a worker, a timeout or abort of one touches no other. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  BrokenExecutorError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { Lock } from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { neighbours } from "../support/targets/neighbours.ts";

for (
  const [name, Executor] of [["threads", ThreadPoolExecutor], [
    "processes",
    ProcessPoolExecutor,
  ]] as const
) {
  const make = () => new Executor({ maxWorkers: 1, concurrencyPerWorker: 3 });

  Deno.test(`${name}: a timeout ends one job, the others on its worker finish there`, async () => {
    await using pool = make();
    const where = await pool.submit(neighbours.pid);
    const beside = [pool.submit(neighbours.nap, 400), pool.submit(neighbours.nap, 2_500)];
    const late = pool.submitWith({ timeout: 50 }, neighbours.never);
    await assertRejects(() => late.then(), Error, "50 ms");
    assertEquals(await Promise.all(beside), [400, 2_500]);
    assertEquals(typeof where, "number");
  });

  Deno.test(`${name}: an aborted job that never stops does not hold up its neighbours`, async () => {
    await using pool = make();
    const controller = new AbortController();
    const stubborn = pool.submitWith({ signal: controller.signal }, neighbours.never);
    const beside = pool.submit(neighbours.nap, 1_800);
    await until(() => stubborn.running() && beside.running());
    controller.abort(new Error("enough"));
    assertEquals(await stubborn.catch((error) => (error as Error).message), "enough");
    assertEquals(await pool.submit(neighbours.nap, 10), 10);
    assertEquals(await beside, 1_800);
  });
}

Deno.test("processes: one that computes without end is killed, and what ran beside it fails", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 2 });
  const beside = pool.submit(neighbours.nap, 60_000);
  await until(() => beside.running());
  const stuck = pool.submitWith({ timeout: 100 }, neighbours.spin);
  await assertRejects(() => stuck.then(), Error, "100 ms");
  await assertRejects(() => beside.then(), BrokenExecutorError, "SIGKILL");
});

Deno.test("threads: a stop ends the wait of the job that is meant, not that of another", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 3 });
  const lock = new Lock();
  const held = await lock.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  const stays = [pool.submit(neighbours.waitFor, lock)];
  const stopped = pool.submitWith({ signal }, neighbours.waitFor, lock);
  stays.push(pool.submit(neighbours.waitFor, lock));
  await until(() => lock.statistics().waiting === 3);
  controller.abort(new Error("this one"));
  await assertRejects(() => stopped.then(), Error, "this one");
  await until(() => lock.statistics().waiting === 2);
  held[Symbol.dispose]();
  assertEquals(await Promise.all(stays), ["had it", "had it"]);
});
