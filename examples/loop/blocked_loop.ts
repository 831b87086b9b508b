/**
 * A blocked loop: a synchronous call inside of a coroutine stops everything, and `toThread` is the way out.
 *
 * Run:    deno run --allow-read=. examples/loop/blocked_loop.ts
 * Watch:  a task ticks every five milliseconds. While an old library blocks, it does not tick once, since there is one
 *         thread and the call keeps it. In a thread of its own the same call lets the loop go on. This is the case for
 *         "threading when you must": a library that knows no await.
 */
import { createTask, run, sleep, toThread } from "@quartet/concurrency/asyncio";
import { portable, sleepSync } from "@quartet/concurrency/threading";
import { show } from "../show.ts";

/** Stands for a library that blocks: a database driver, a C function, a long calculation. */
const oldLibrary = portable(import.meta, function oldLibrary(): string {
  sleepSync(150);
  return "its answer";
});

async function ticking(ticks: number[]): Promise<void> {
  while (true) {
    ticks.push(performance.now());
    await sleep(5);
  }
}

if (import.meta.main) {
  await run(async () => {
    const ticks: number[] = [];
    const ticker = createTask(() => ticking(ticks));
    await sleep(20);

    let before = ticks.length;
    oldLibrary(); // a synchronous function may be called in a coroutine …
    show("called as it is: ticks meanwhile", ticks.length - before); // … and blocks the loop

    before = ticks.length;
    show("in a thread: it gives", await toThread(oldLibrary));
    show("and the loop ticked meanwhile", ticks.length - before > 1);
    ticker.cancel();
  });
}
