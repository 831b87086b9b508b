/**
 * Bob and alice with executors: one function, four ways to run it, the same call.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/same_program/executors.ts
 * Watch:  only the name of the class changes. In line they are done one after the other, else alice is first; `map`
 *         gives the results in the order of what it was given.
 */
import {
  AsyncExecutor,
  type Executor,
  portable,
  ProcessPoolExecutor,
  SyncExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { sleep } from "@quartet/concurrency/asyncio";

const f = portable(
  import.meta,
  async function f([name, timeout]: readonly [string, number]): Promise<string> {
    await sleep(timeout);
    console.log("hello", name);
    return `${name} done!`;
  },
);

async function main(executor: Executor): Promise<void> {
  console.log(executor.constructor.name);
  await using pool = executor;
  await pool.ready();
  for await (const result of pool.map(f, [["bob", 300], ["alice", 100]])) console.log(result);
}

if (import.meta.main) {
  await main(new SyncExecutor());
  await main(new AsyncExecutor());
  await main(new ThreadPoolExecutor({ maxWorkers: 2 }));
  await main(new ProcessPoolExecutor({ maxWorkers: 2 }));
}
