/**
 * A burst of 20,000 tiny jobs through pools of two workers, empty and with a small object as argument.
 *
 *     deno run -A --no-lock tests/bench/pool_burst_bench.ts
 */
import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { bench, type Contender } from "./harness.ts";
import { bigBatch, idMap } from "./support/raw_pool.ts";
import { libraryPools } from "./support/library_pools.ts";
import { pythonPools } from "./support/python_pools.ts";
import { jobs } from "./support/jobs.ts";

const COUNT = 20_000;
const WORKERS = 2;
const PAYLOAD = { id: 1, name: "item", tags: ["a", "b"], at: 1.5 };

function rate(run: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const began = performance.now();
    await run();
    return COUNT / (performance.now() - began) * 1000;
  };
}

const bursts = [
  ["empty", "empty", [], "3"],
  ["a small object", "object", [PAYLOAD], "2"],
] as const;

for (const [what, measure, args, target] of bursts) {
  const ours: Contender = {
    name: "ThreadPoolExecutor",
    role: "ours",
    async open() {
      const pool = new ThreadPoolExecutor({ maxWorkers: WORKERS });
      await pool.ready();
      const fn = args.length === 0 ? jobs.nothing : jobs.identity;
      return {
        measure: rate(() =>
          Promise.all(
            Array.from({ length: COUNT }, () => pool.submit(fn as () => void, ...args as [])),
          )
        ),
        close: () => pool.shutdown(),
      };
    },
  };
  const raw: Contender = {
    name: "id map over postMessage",
    role: "limit",
    async open() {
      const pool = await idMap(WORKERS);
      return {
        measure: rate(() => Promise.all(Array.from({ length: COUNT }, () => pool.call(args[0])))),
        close: pool.close,
      };
    },
  };
  const batch: Contender = {
    name: "one batch per worker",
    role: "limit",
    async open() {
      const pool = await bigBatch(WORKERS);
      return {
        measure: rate(() => pool.call(new Array(COUNT).fill(args[0]))),
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
        measure: rate(() =>
          Promise.all(Array.from({ length: COUNT }, () => pool.identity(args[0])))
        ),
        close: pool.close,
      };
    },
  }));
  await bench({
    title: `${COUNT} jobs at once on ${WORKERS} workers: ${what}`,
    unit: "jobs/s",
    better: "higher",
    warmUps: 4,
    target: `ThreadPoolExecutor at ${target} times the id map or better`,
  }, [raw, ours, batch, ...peers, ...pythonPools(measure, WORKERS)]);
}
if (import.meta.main) Deno.exit(); // peers leave threads behind
