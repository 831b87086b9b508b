/**
 * From the making of a pool to its first result.
 *
 *     deno run -A --no-lock tests/bench/pool_start_bench.ts
 */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { bench, type Contender } from "./harness.ts";
import { jobs } from "./support/jobs.ts";
import { libraryPools } from "./support/library_pools.ts";
import { idMap } from "./support/raw_pool.ts";

/** Opens once in each measurement: what is measured is the opening. */
function opening(
  name: string,
  role: Contender["role"],
  once: () => Promise<() => unknown>,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const began = performance.now();
        const close = await once();
        const taken = performance.now() - began;
        await close();
        return taken;
      },
    }),
  };
}

await bench({
  title: "from nothing to the first result",
  unit: "ms",
  better: "lower",
  rounds: 9,
  warmUps: 2,
  target: "ThreadPoolExecutor within 1.3 of the bare worker",
}, [
  opening("bare worker", "limit", async () => {
    const pool = await idMap(1);
    await pool.call(1);
    return pool.close;
  }),
  opening("ThreadPoolExecutor", "ours", async () => {
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await pool.submit(jobs.identity, 1);
    return () => pool.shutdown();
  }),
  opening("ProcessPoolExecutor", "ours", async () => {
    const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    await pool.submit(jobs.identity, 1);
    return () => pool.shutdown();
  }),
  ...libraryPools(1).map(({ name, open }) =>
    opening(name, "peer", async () => {
      const pool = await open();
      await pool.identity(1);
      return pool.close;
    })
  ),
]);
if (import.meta.main) Deno.exit(); // peers leave threads behind
