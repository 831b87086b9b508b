/**
 * 47: bob and alice with callbacks: each result is handled as soon as it is there.
 *
 * Python: examples/python/47_callback_hell.py
 * Run:    deno run examples/listings/47_callback_hell.ts
 * Watch:  the results come in the order of completion. What is wrong with callbacks shows when a second step needs
 *         the result of the first, and when something fails: see examples/same_program/callbacks.ts.
 */
import { createTask, run, sleep } from "@quartet/concurrency/asyncio";

async function f(
  name: string,
  timeout: number,
  onResult: (message: string) => void,
): Promise<void> {
  await sleep(timeout * 1000);
  console.log("hello", name);
  onResult(`${name} done!`);
}

function onResult(message: string): void {
  console.log(message);
}

await run(async () => {
  const bob = createTask(() => f("bob", 0.3, onResult)); // start the coroutine
  const alice = createTask(() => f("alice", 0.1, onResult)); // start the coroutine

  // wait for coroutines to complete
  await bob;
  await alice;
});
