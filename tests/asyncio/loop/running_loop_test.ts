import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { currentTask, run, sleep } from "../../../src/asyncio/mod.ts";
import { AsyncExecutor, SyncExecutor } from "../../../src/futures/mod.ts";

Deno.test("asyncio's waits work in a job of an executor, which is work but no task", async () => {
  await using pool = new AsyncExecutor();
  assertEquals(await pool.submit(async (n: number) => await sleep(1, n), 5), 5);
  await using line = new SyncExecutor();
  assertEquals(await line.submit(async (n: number) => await sleep(1, n), 6), 6);
});

Deno.test("a job that a task submits is not that task", async () => {
  await run(async () => {
    await using pool = new AsyncExecutor();
    const [inside, outside] = [await pool.submit(() => currentTask()), currentTask()];
    assertEquals([inside, outside === null], [null, false]);
  });
});
