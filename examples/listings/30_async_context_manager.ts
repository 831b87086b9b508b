/**
 * 30: an asynchronous context manager. `async with` is `await using`.
 *
 * Python: examples/python/30_async_context_manager.py
 * Run:    deno run examples/listings/30_async_context_manager.ts
 * Watch:  the part before the `yield` enters, the part after it leaves, also when the body throws. In Python this is
 *         `@asynccontextmanager`; the class with `__aenter__` and `__aexit__` is one with `[Symbol.asyncDispose]`.
 */
import { asyncContextManager, run, sleep } from "@quartet/concurrency/asyncio";

const manager = asyncContextManager(async function* () {
  console.log("entering context");
  try {
    yield;
  } finally {
    console.log("exiting context");
  }
});

await run(async () => {
  await using _ctx = await manager();
  await sleep(2000);
});
