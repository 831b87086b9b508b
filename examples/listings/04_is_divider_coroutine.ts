/**
 * 04: a generator that receives values is a coroutine; it must be run to its first `yield` before it can.
 *
 * Python: examples/python/04_is_divider_coroutine.py
 * Run:    deno run examples/listings/04_is_divider_coroutine.ts
 * Watch:  without the first `send()` the next one is a TypeError, as in Python. A bare JavaScript generator
 *         would drop the 11 in silence: `next(11)` before the first `yield` has no one to receive it.
 */
import { sendable } from "@quartet/concurrency/coroutines";

function* isDivider(number: number): Generator<void, never, number> {
  while (true) {
    const value = yield;
    if (number % value === 0) console.log(String(value));
  }
}

const cor = sendable(isDivider(100));
cor.send(null); // the same as cor.next()
cor.send(11);
cor.send(18);
cor.send(20);
