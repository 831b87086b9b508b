/**
 * 21 (and 23, which repeats it): two ways to run a coroutine, with a loop at hand and with `run`.
 *
 * Python: examples/python/21_asyncio_hello.py, 23_event_loop_hello_repeat.py
 * Run:    deno run examples/listings/21_asyncio_hello.ts
 * Watch:  the second greeting begins when the first has ended. `runUntilComplete` and `run` return promises:
 *         JavaScript's own event loop cannot be blocked from inside, so the caller awaits.
 * Errata: `get_event_loop()` warns in Python 3.12 and 3.13, and is a RuntimeError since 3.14. More in
 *         examples/ERRATA.md.
 */
import { getEventLoop, run, sleep } from "@quartet/concurrency/asyncio";

async function main(): Promise<void> {
  console.log("Hello ...");
  await sleep(1000);
  console.log("... World!");
}

// Python 3.4+
const eventLoop = getEventLoop();
await eventLoop.runUntilComplete(main);
eventLoop.close();

// Python 3.7+
await run(main);
