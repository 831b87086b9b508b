/** A pool that nobody shuts down, though it keeps a worker. */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { neighbours } from "../targets/neighbours.ts";

if (import.meta.main) {
  const options = { maxWorkers: 2, minWorkers: 1, idleTimeout: 50 };
  const pool = Deno.args[0] === "threads"
    ? new ThreadPoolExecutor(options)
    : new ProcessPoolExecutor(options);
  console.log(await pool.submit(neighbours.identity, 5));
  await new Promise((resolve) => setTimeout(resolve, 150)); // long enough to be let go, and to be taken back
  console.log(await pool.submit(neighbours.identity, 5), "again");
}
