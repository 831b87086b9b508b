/**
 * 24: how a coroutine is written; it has to be started through an event loop.
 *
 * Python: examples/python/24_coroutine_definition.py
 * Run:    deno run examples/listings/24_coroutine_definition.ts
 * Watch:  `someCoroutine()` alone does nothing, as in Python: a generator coroutine begins when a loop runs it. A
 *         JavaScript async function would begin with its call, which is why tasks are given the function itself.
 * Errata: as printed nothing is started. More in examples/ERRATA.md.
 */
import { run, sleep } from "@quartet/concurrency/asyncio";

function* someCoroutine() {
  yield* sleep(2000);
  console.log("Hi From coroutine!");
}

someCoroutine(); // makes a generator, and nothing else
await run(someCoroutine());
