/** A promise that a job left behind rejects while its worker idles. */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { until } from "@quartet/concurrency/testing";
import { neighbours } from "../targets/neighbours.ts";

if (import.meta.main) {
  const options = { maxWorkers: 1, namePrefix: "idler" };
  await using pool = Deno.args[0] === "threads"
    ? new ThreadPoolExecutor(options)
    : new ProcessPoolExecutor(options);
  await pool.submit(neighbours.rejectSoon, "nobody listens");
  await until(() => pool.statistics().lost === 1);
  console.log(`lost ${pool.statistics().lost}, then ${await pool.submit(neighbours.identity, 5)}`);
}
