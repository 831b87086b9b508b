/**
 * One job at a time through a pool of two workers, by promise and blocking: the mean and the 99th percentile of the round
 * trip.
 *
 *     deno run -A --no-lock tests/bench/pool_roundtrip_bench.ts
 */
import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { bench, type Contender } from "./harness.ts";
import { jobs } from "./support/jobs.ts";
import { libraryPools } from "./support/library_pools.ts";
import { pythonPools } from "./support/python_pools.ts";
import { idMap } from "./support/raw_pool.ts";

const COUNT = 2_000;
const WORKERS = 2;

async function trips(call: () => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < COUNT; i++) {
    const began = performance.now();
    const called = call();
    if (called !== 1) await called; // some peers have promises of their own
    times.push((performance.now() - began) * 1000);
  }
  return times;
}

const figures = {
  mean: (times: number[]) => times.reduce((sum, time) => sum + time, 0) / times.length,
  "99th percentile": (times: number[]) =>
    times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!,
};

for (const [what, figure] of Object.entries(figures)) {
  const calls = {
    "ThreadPoolExecutor": (pool: ThreadPoolExecutor) => pool.submit(jobs.identity, 1).then(),
    "resultSync()": (pool: ThreadPoolExecutor) => pool.submit(jobs.identity, 1).resultSync(),
  };
  const ours = Object.entries(calls).map(([name, call]): Contender => ({
    name,
    role: "ours",
    async open() {
      const pool = new ThreadPoolExecutor({ maxWorkers: WORKERS });
      await pool.ready();
      return {
        measure: async () => figure(await trips(() => call(pool))),
        close: () => pool.shutdown(),
      };
    },
  }));
  const raw: Contender = {
    name: "bare worker echo",
    role: "limit",
    async open() {
      const pool = await idMap(1);
      return {
        measure: async () => figure(await trips(() => pool.call(1))),
        close: pool.close,
      };
    },
  };
  const peers: Contender[] = libraryPools(WORKERS).map(({ name, open }) => ({
    name,
    role: "peer",
    async open() {
      const pool = await open();
      return {
        measure: async () => figure(await trips(() => pool.identity(1))),
        close: pool.close,
      };
    },
  }));
  await bench({
    title: `one job at a time, ${what}`,
    unit: "µs",
    better: "lower",
    target: what === "mean"
      ? "ThreadPoolExecutor within 1.3 of the bare worker"
      : "no worse than the best peer",
  }, [raw, ...ours, ...peers, ...pythonPools(what === "mean" ? "mean" : "p99", WORKERS)]);
}
if (import.meta.main) Deno.exit(); // peers leave threads behind
