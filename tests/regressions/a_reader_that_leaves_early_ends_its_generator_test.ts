/** A worker that imports a generator's module hears that nobody wants its items any more. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { until } from "@quartet/concurrency/testing";
import { slowToLoad } from "../support/targets/slow_to_load.ts";

for (const Executor of [ThreadPoolExecutor, ProcessPoolExecutor]) {
  for (const concurrencyPerWorker of [1, 3]) {
    Deno.test(`${Executor.name}, ${concurrencyPerWorker} at once: leaving while the module is imported ends the job`, async () => {
      await using pool = new Executor({ maxWorkers: 1, concurrencyPerWorker });
      await pool.ready();
      const items = pool.stream(slowToLoad.forever);
      await until(() => pool.statistics().running === 1);
      // Begun over there: the job can not be taken back any more.
      const { job } = items as unknown as { job: { state: string } };
      await until(() => job.state === "running");
      assertEquals(await items.return!(), { done: true, value: undefined });
      assertEquals(pool.statistics().running, 0);
    });
  }
}
