/**
 * 31: an asynchronous iterator, and `for await`.
 *
 * Python: examples/python/31_async_iterator.py
 * Run:    deno run examples/listings/31_async_iterator.ts
 * Watch:  getting the iterator is a plain call, getting an item is awaited. The iterator is endless; `break` leaves
 *         it, and tells it so by `return()`, which Python's `__anext__` never hears.
 * Errata: "asynchronous generators" are not the coroutines that the course means by it. More in examples/ERRATA.md.
 */
import { run } from "@quartet/concurrency/asyncio";

class AsyncIterator implements AsyncIterableIterator<number> {
  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<number>> {
    return Promise.resolve({ value: 123, done: false });
  }
}

await run(async () => {
  for await (const i of new AsyncIterator()) {
    console.log(String(i));
    break;
  }
});
