/**
 * 25: coroutines as generators, as in Python 3.4: control is handed over with `yield from`, here `yield*`.
 *
 * Python: examples/python/25_coroutines_python34.py
 * Run:    deno run examples/listings/25_coroutines_python34.ts
 * Watch:  both tasks tick together, in the order in which they were made: four seconds in all, not eight.
 *         Cancelling such a task throws CancelledError at its `yield*`, as in Python.
 * Errata: `@asyncio.coroutine` is gone since Python 3.11; up to 3.10 the slide hangs, as that of 26 does. More in
 *         examples/ERRATA.md.
 */
import { ensureFuture, gather, getEventLoop, sleep } from "@quartet/concurrency/asyncio";

function* counter() {
  for (let count = 0; count < 4; count++) {
    console.log(String(count));
    yield* sleep(1000);
  }
}

function* printTime() {
  for (let count = 0; count < 4; count++) {
    if (count % 3 === 0) console.log(`${count} секунд прошло`);
    yield* sleep(1000);
  }
}

function* main() {
  const task1 = ensureFuture(printTime());
  const task2 = ensureFuture(counter());
  yield* gather(task1, task2);
}

const loop = getEventLoop();
await loop.runUntilComplete(main());
loop.close();
