/**
 * Bob and alice as asynchronous iterators, merged into one: each result is handled as soon as it is there.
 *
 * Run:    deno run examples/same_program/async_iterators.ts
 * Watch:  what callbacks are good for (the order of completion), in a plain loop that can be left with `break`.
 */
import { amerge, run, sleep } from "@quartet/concurrency/asyncio";

async function* f(name: string, timeout: number): AsyncGenerator<string> {
  await sleep(timeout);
  console.log("hello", name);
  yield `${name} done!`;
}

await run(async () => {
  for await (const result of amerge(f("bob", 300), f("alice", 100))) console.log(result);
});
