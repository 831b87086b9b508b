/**
 * 20,000 tiny calls by `map` on two workers, without chunks and in chunks of 500.
 *
 *     deno run -A --no-lock tests/bench/pool_map_bench.ts
 */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { bench, type Contender } from "./harness.ts";
import { bigBatch } from "./support/raw_pool.ts";
import { jobs } from "./support/jobs.ts";
import { pythonPools } from "./support/python_pools.ts";

const COUNT = 20_000;
const WORKERS = 2;
const inputs = Array.from({ length: COUNT }, (_, n) => n);

function rate(run: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const began = performance.now();
    await run();
    return COUNT / (performance.now() - began) * 1000;
  };
}

type Pool = ThreadPoolExecutor | ProcessPoolExecutor;

function contender(
  name: string,
  role: Contender["role"],
  make: () => Pool,
  run: (pool: Pool) => Promise<unknown>,
): Contender {
  return {
    name,
    role,
    async open() {
      const pool = make();
      await pool.ready();
      return { measure: rate(() => run(pool)), close: () => pool.shutdown() };
    },
  };
}

const threads = () => new ThreadPoolExecutor({ maxWorkers: WORKERS });
const processes = () => new ProcessPoolExecutor({ maxWorkers: WORKERS });
const submit = (pool: Pool) => Promise.all(inputs.map((n) => pool.submit(jobs.identity, n)));

async function map(pool: Pool, chunkSize: number): Promise<void> {
  let sum = 0;
  for await (const n of pool.map(jobs.identity, inputs, { chunkSize })) sum += n as number;
  if (sum !== COUNT * (COUNT - 1) / 2) throw new Error("the map lost results");
}

for (const [kind, make] of [["threads", threads], ["processes", processes]] as const) {
  await bench({
    title: `map() of ${COUNT} inputs without chunks, ${kind}`,
    unit: "calls/s",
    better: "higher",
    rounds: 3,
    warmUps: 2,
    target: "map() at the rate of submit() or better",
  }, [
    contender("submit()", "limit", make, submit),
    contender("map()", "ours", make, (pool) => map(pool, 1)),
  ]);
}

const batch: Contender = {
  name: "one batch per worker",
  role: "limit",
  async open() {
    const pool = await bigBatch(WORKERS);
    return { measure: rate(() => pool.call(inputs)), close: pool.close };
  },
};
await bench({
  title: `map() of ${COUNT} inputs in chunks of 500`,
  unit: "calls/s",
  better: "higher",
  rounds: 7,
  warmUps: 8,
  target: "threads and processes at 0.7 times one batch per worker or better",
}, [
  batch,
  contender("threads", "ours", threads, (pool) => map(pool, 500)),
  contender("processes", "ours", processes, (pool) => map(pool, 500)),
  ...pythonPools("chunked", WORKERS),
]);
if (import.meta.main) Deno.exit(); // the raw workers are left behind
