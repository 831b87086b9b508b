/**
 * Thirty-two jobs that compute for some thirty milliseconds each, on two workers: the speed-up over doing
 * them in line.
 *
 *     deno run -A --no-lock tests/bench/pool_cpu_bench.ts
 */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { bench, type Contender } from "./harness.ts";
import { BarePrimes } from "./support/bare_primes.ts";
import { jobs } from "./support/jobs.ts";
import { libraryPools } from "./support/library_pools.ts";
import { pythonPools } from "./support/python_pools.ts";

const COUNT = 32;
const WORKERS = 2;
const LIMIT = 300_000;

function inLine(): number {
  const began = performance.now();
  for (let i = 0; i < COUNT / 4; i++) jobs.primes(LIMIT);
  return (performance.now() - began) * 4;
}

/** How many times as fast as in line `all` does all the jobs. */
async function speedup(all: () => Promise<unknown>): Promise<number> {
  const before = inLine();
  const began = performance.now();
  await all();
  const pooled = performance.now() - began;
  return (before + inLine()) / 2 / pooled; // in line before and after: the machine's speed drifts
}

/** Runs one job for each. */
function each(run: () => Promise<unknown>): () => Promise<unknown> {
  return () => Promise.all(Array.from({ length: COUNT }, run));
}

const executors: Contender[] = [ThreadPoolExecutor, ProcessPoolExecutor].map((Executor) => ({
  name: Executor.name,
  role: "ours",
  async open() {
    const pool = new Executor({ maxWorkers: WORKERS });
    await pool.ready();
    return {
      measure: () => speedup(each(() => pool.submit(jobs.primes, LIMIT).then())),
      close: () => pool.shutdown(),
    };
  },
}));
const ideal: Contender = { name: "ideal", role: "limit", open: () => ({ measure: () => WORKERS }) };
/** What this machine gives: on a busy one two processes are not twice as fast as one, whatever hands out their jobs. */
const bare: Contender = {
  name: `${WORKERS} bare processes`,
  role: "limit",
  async open() {
    const processes = await BarePrimes.start(WORKERS);
    return {
      measure: () => speedup(() => processes.primes(COUNT, LIMIT)),
      close: () => processes.close(),
    };
  },
};
const peers: Contender[] = libraryPools(WORKERS).map(({ name, open }) => ({
  name,
  role: "peer",
  async open() {
    const pool = await open();
    return { measure: () => speedup(each(() => pool.primes(LIMIT))), close: pool.close };
  },
}));

await bench({
  title: `${COUNT} jobs that compute, on ${WORKERS} workers`,
  unit: "times as fast as in line",
  better: "higher",
  rounds: 3,
  target: "1.95 or better",
}, [ideal, bare, ...executors, ...peers, ...pythonPools("speedup", WORKERS)]);
if (import.meta.main) Deno.exit(); // peers leave threads behind
