/**
 * One function, four ways to run it: which is the fastest on this machine?
 *
 *     deno run -A examples/four_ways.ts
 *
 * The least that it needs: `--allow-read=. --allow-run --allow-net=127.0.0.1`. On two cores, with nothing
 * else running, threads and processes take about half the time of the others.
 *
 * @module
 */
import {
  AsyncExecutor,
  type Executor,
  portable,
  ProcessPoolExecutor,
  SyncExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";

const countPrimes = portable(import.meta, function countPrimes(from: number, to: number): number {
  let found = 0;
  next: for (let n = Math.max(2, from); n < to; n++) {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) continue next;
    found++;
  }
  return found;
});

const countSlice = portable(import.meta, function countSlice(i: number): number {
  return countPrimes(i * 100_000, (i + 1) * 100_000);
});

const ways: Record<string, () => Executor> = {
  sync: () => new SyncExecutor(),
  async: () => new AsyncExecutor(),
  threads: () => new ThreadPoolExecutor(),
  processes: () => new ProcessPoolExecutor(),
};

// What a thread or a child process imports must not start the work again.
if (import.meta.main) {
  const slices = Array.from({ length: 16 }, (_, i) => i);
  const rows = [];
  for (const [name, make] of Object.entries(ways)) {
    await using executor = make();
    const made = performance.now();
    await executor.ready();
    const begun = performance.now();
    const counts = await Array.fromAsync(executor.map(countSlice, slices));
    const done = performance.now();
    rows.push({
      way: name,
      "start ms": Math.round(begun - made),
      "work ms": Math.round(done - begun),
      "primes below 1,600,000": counts.reduce((sum, n) => sum + n, 0),
    });
  }
  console.table(rows);
}
