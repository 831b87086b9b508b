/**
 * Bob and alice in processes: as threads, with nothing shared and more to start.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/same_program/processes.ts
 * Watch:  0.3 s and the start of two processes. Only these could be ended by force.
 */
import { portable, Process } from "@quartet/concurrency/multiprocessing";
import { sleep } from "@quartet/concurrency/asyncio";

const f = portable(import.meta, async function f(name: string, timeout: number): Promise<string> {
  await sleep(timeout);
  console.log("hello", name);
  return `${name} done!`;
});

if (import.meta.main) {
  const bob = new Process({ target: f, args: ["bob", 300] }).start();
  const alice = new Process({ target: f, args: ["alice", 100] }).start();
  console.log(await bob.result);
  console.log(await alice.result);
}
