/** A task that awaits the future of an executor can be cancelled there: it leaves at once, and the work that runs goes on. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { AsyncExecutor, type Future, ThreadPoolExecutor } from "../../src/futures/mod.ts";
import { Event } from "../../src/threading/mod.ts";
import { threadTest } from "../support/threads_gone.ts";

/** Work that ends when told. */
function gate(): { work: () => Promise<string>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, open: () => resolve("done") };
}

Deno.test("a cancelled task, a timeout and a scope leave a job that runs, which goes on", async () => {
  await aio.run(async () => {
    await using executor = new AsyncExecutor({ maxConcurrency: 1 });
    const { work, open } = gate();
    const job = executor.submit(work);
    const task = aio.createTask(async () => await job);
    await aio.sleep(1);
    assert(job.running());
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    await assertRejects(async () => await aio.timeout(5, async () => await job), aio.TimeoutError);
    let passed = false;
    await aio.moveOnAfter(5, async () => {
      await job;
      passed = true;
    });
    assertEquals([passed, job.running()], [false, true]);
    open();
    assertEquals(await job, "done");
  });
});

Deno.test("a cancelled task withdraws a job that has not begun", async () => {
  await aio.run(async () => {
    await using executor = new AsyncExecutor({ maxConcurrency: 1 });
    const { work, open } = gate();
    const running = executor.submit(work);
    const waiting: Future<string> = executor.submit(work);
    await aio.sleep(1);
    const task = aio.createTask(async () => await waiting);
    await aio.sleep(1);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    assert(waiting.cancelled());
    open();
    assertEquals(await running, "done");
  });
});

Deno.test("shield() shields a job, and others that await it are not disturbed", async () => {
  await aio.run(async () => {
    await using executor = new AsyncExecutor();
    const { work, open } = gate();
    const job = executor.submit(work);
    const shielded = aio.createTask(async () => await aio.shield(job));
    const other = aio.createTask(async () => await job);
    await aio.sleep(1);
    shielded.cancel();
    await assertRejects(async () => await shielded, aio.CancelledError);
    open();
    assertEquals(await other, "done");
  });
});

Deno.test("a result that has come is kept, and a failure is thrown as it is", async () => {
  await aio.run(async () => {
    await using executor = new AsyncExecutor();
    const { work, open } = gate();
    const job = executor.submit(work);
    const task = aio.createTask(async () => await job);
    await aio.sleep(1);
    open();
    await job;
    task.cancel();
    const end = await task.then((value) => value, (error) => error);
    assert(end === "done" || end instanceof aio.CancelledError);
    const broken = executor.submit(() => Promise.reject(new RangeError("broken")));
    await assertRejects(async () => await aio.createTask(async () => await broken), RangeError);
  });
});

threadTest("a timeout over a job of a thread pool is in time", async () => {
  await aio.run(async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await pool.ready();
    const open = new Event();
    const job = pool.submit(async (open: Event) => {
      await open.wait();
      return 1;
    }, open);
    while (!job.running()) await aio.sleep(1); // one that has not begun would be taken back
    await assertRejects(async () => await aio.timeout(10, async () => await job), aio.TimeoutError);
    assertEquals(job.done(), false);
    open.set();
    assertEquals(await job, 1);
  });
});
