/** A job that never stops, and a program that ends all the same. */
import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { until } from "../until_waiting.ts";

const pool = new ThreadPoolExecutor({ maxWorkers: 1, namePrefix: "stubborn" });
const job = pool.submit(() => {
  for (;;);
});
await until(() => job.running());
await pool.shutdown({ timeout: 0 });
console.log(`shut down, ${pool.statistics().zombies} zombie`);
await job.catch((error) => console.log((error as Error).name));
