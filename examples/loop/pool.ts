/**
 * A pool of processes under an event loop: asyncio mixed with multiprocessing, for work that waits and work that
 * computes.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/loop/pool.ts
 * Watch:  the loop hands the calculations to the pool and awaits them like any other wait: it goes on ticking, and
 *         the calculations use the cores that there are. `runInExecutor` takes any executor; `toThread` is the one
 *         for a thread.
 */
import { createTask, gather, getRunningLoop, run, sleep } from "@quartet/concurrency/asyncio";
import { portable, ProcessPoolExecutor } from "@quartet/concurrency/futures";
import { show } from "../show.ts";

/** Counts primes: nothing but the processor is needed for it. */
const countPrimes = portable(import.meta, function countPrimes(below: number): [number, number] {
  let count = 0;
  for (let n = 2; n < below; n++) {
    let prime = true;
    for (let d = 2; prime && d * d <= n; d++) prime = n % d !== 0;
    if (prime) count++;
  }
  return [count, Deno.pid];
});

if (import.meta.main) {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
  await pool.ready();
  await run(async () => {
    const loop = getRunningLoop();
    let ticks = 0;
    const ticker = createTask(async () => {
      while (true) {
        await sleep(2);
        ticks++;
      }
    });
    const jobs = [200_000, 200_001, 200_002, 200_003].map((below) => () =>
      loop.runInExecutor(pool, countPrimes, below)
    );
    const results = await gather(...jobs);
    ticker.cancel();
    show("primes", results.map(([count]) => count));
    show("computed by this process", results.some(([, pid]) => pid === Deno.pid));
    show("processes that computed", new Set(results.map(([, pid]) => pid)).size);
    show("the loop ticked meanwhile", ticks > 0);
  });
}
