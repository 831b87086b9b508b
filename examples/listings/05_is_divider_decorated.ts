/**
 * 05: the first step taken by a decorator, so that the caller sends values at once.
 *
 * Python: examples/python/05_is_divider_decorated.py
 * Run:    deno run examples/listings/05_is_divider_decorated.ts
 * Watch:  nobody calls `next()`: `coroutine()` has done it.
 */
import { coroutine } from "@quartet/concurrency/coroutines";

const isDivider = coroutine(function* (number: number): Generator<void, never, number> {
  while (true) {
    const value = yield;
    if (number % value === 0) console.log(String(value));
  }
});

const cor = isDivider(100);
cor.send(11);
cor.send(18);
cor.send(20);
