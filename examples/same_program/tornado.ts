/**
 * Bob and alice in Tornado's way: a generator that yields what it waits for; several at once in an array.
 *
 * Run:    deno run examples/same_program/tornado.ts
 * Watch:  `yield [a, b]` waits for both, and gives the results in their order.
 */
import { genCoroutine } from "@quartet/concurrency/coroutines";
import { sleep } from "@quartet/concurrency/asyncio";

const f = genCoroutine(function* (name: string, timeout: number) {
  yield sleep(timeout);
  console.log("hello", name);
  return `${name} done!`;
});

const main = genCoroutine(function* () {
  const results: string[] = yield [f("bob", 300), f("alice", 100)];
  for (const result of results) console.log(result);
});

await main();
