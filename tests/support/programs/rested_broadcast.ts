/** Waits for nothing but a call to every worker of a pool whose workers idle so long that they hold no program. */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { neighbours } from "../targets/neighbours.ts";

async function main(): Promise<void> {
  const options = { maxWorkers: 2, minWorkers: 2, idleTimeout: 1 };
  const pool = Deno.args[0] === "threads"
    ? new ThreadPoolExecutor(options)
    : new ProcessPoolExecutor(options);
  await pool.ready();
  for (const round of [1, 2]) {
    await new Promise((resolve) => setTimeout(resolve, 50)); // long enough to be let go
    console.log(round, await pool.broadcast(neighbours.identity, 5));
  }
}

// Not awaited here: the platform waits longer for a module that has not ended.
if (import.meta.main) void main();
