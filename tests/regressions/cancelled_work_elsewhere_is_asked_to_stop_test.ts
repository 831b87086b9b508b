/** Cancelling what runs on a thread or in an executor asks the work to stop; nobody waits for work that nobody wants. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { AsyncExecutor } from "../../src/futures/mod.ts";
import { jobs } from "../support/targets/jobs.ts";

const ways: Record<string, (loop: aio.EventLoop) => aio.Future<unknown>> = {
  "toThread": () => aio.toThread(jobs.spin),
  "runInExecutor": (loop) => loop.runInExecutor(null, jobs.spin),
  "waitFor": () => aio.waitFor(aio.toThread(jobs.spin), 50),
  "timeout": () => aio.timeout(50, () => aio.toThread(jobs.spin)),
};

for (const [name, begin] of Object.entries(ways)) {
  Deno.test(`${name}: cancelled while it runs, the thread's work stops`, async () => {
    await aio.run(async () => {
      const loop = aio.getRunningLoop();
      // The pool is started, so that the job runs when it is cancelled.
      await aio.toThread(() => 1);
      const work = begin(loop);
      if (name === "toThread" || name === "runInExecutor") {
        await aio.sleep(50);
        work.cancel("enough");
        await assertRejects(async () => await work, aio.CancelledError, "enough");
      } else {
        await assertRejects(async () => await work, aio.TimeoutError);
      }
      // A thread that ran on would never be waited for to its end.
      await loop.shutdownDefaultExecutor();
    });
  });
}

Deno.test("runInExecutor: a running job of an executor sees its signal abort, with the message", async () => {
  await using executor = new AsyncExecutor({ maxConcurrency: 1 });
  const reasons: unknown[] = [];
  await aio.run(async () => {
    const loop = aio.getRunningLoop();
    const running = loop.runInExecutor(
      executor,
      async () => reasons.push(await jobs.untilAborted()),
    );
    let began = false;
    const queued = loop.runInExecutor(executor, () => began = true);
    await aio.sleep(1);
    running.cancel("enough");
    queued.cancel();
    await aio.wait([running, queued]);
    assertEquals([running.cancelled(), queued.cancelled()], [true, true]);
    while (reasons.length === 0) await aio.sleep(0);
    assertEquals([reasons, began], [["enough"], false]);
  });
});

Deno.test("runInExecutor: an executor that has only submit is still cancelled as far as it can be", async () => {
  await aio.run(async () => {
    const work = aio.getRunningLoop().runInExecutor(
      { submit: () => new Promise<never>(() => {}), shutdown: () => Promise.resolve() },
      () => 1,
    );
    work.cancel();
    await assertRejects(async () => await work, aio.CancelledError);
  });
});
