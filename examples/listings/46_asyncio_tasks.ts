/**
 * 46: bob and alice as tasks of an event loop.
 *
 * Python: examples/python/46_asyncio_tasks.py
 * Run:    deno run examples/listings/46_asyncio_tasks.ts
 * Watch:  alice says hello first, since she sleeps less; the results come in the order in which they are awaited.
 */
import { createTask, run, sleep } from "@quartet/concurrency/asyncio";

async function f(name: string, timeout: number): Promise<string> {
  await sleep(timeout * 1000);
  console.log("hello", name);
  return `${name} done!`;
}

await run(async () => {
  const bob = createTask(() => f("bob", 0.3)); // start the coroutine
  const alice = createTask(() => f("alice", 0.1)); // start the coroutine

  // wait for coroutines to complete
  console.log(await bob);
  console.log(await alice);
});
