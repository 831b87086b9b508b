/**
 * 15: two workers and the main thread meet at a barrier before the result is added up.
 *
 * Python: 15_barrier.py
 * Run:    deno run --allow-read=. examples/listings/15_barrier.ts
 * Watch:  the result comes after the slower part: 1 s, not 0.5 and not 1.5. CPython's `store.append` is safe only
 *         since its global lock lets one thread at a time run; the shared array here gives each part its own place.
 */
import { Barrier, portable, SharedArray, sleepSync, Thread } from "@quartet/concurrency/threading";

const { f1, f2 } = portable(import.meta, {
  f1(x: number, store: SharedArray, br: Barrier): void {
    console.log("Calc part1");
    store.set(0, x ** 2);
    sleepSync(500);
    br.waitSync();
  },

  f2(x: number, store: SharedArray, br: Barrier): void {
    console.log("Calc part2");
    store.set(1, x * 2);
    sleepSync(1000);
    br.waitSync();
  },
});

if (import.meta.main) {
  const br = new Barrier(3);
  const store = new SharedArray(2);

  new Thread({ target: f1, args: [3, store, br] }).start();
  new Thread({ target: f2, args: [7, store, br] }).start();

  await br.wait();

  console.log("Result: ", store.get(0) + store.get(1));
}
