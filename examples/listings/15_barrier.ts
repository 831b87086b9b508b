/**
 * 15: two workers and the main thread meet at a barrier before the result is added up.
 *
 * Python: examples/python/15_barrier.py
 * Run:    deno run --allow-read=. examples/listings/15_barrier.ts
 *         and under CPython's lock: the same with --gil
 * Watch:  the result comes after the slower part: 1 s, not 0.5 and not 1.5. CPython's `store.append` takes several
 *         steps, and is safe since its global lock does not change hands between them. Here `append` is those steps:
 *         they stand under the lock of the array, or with `--gil` under the global one.
 * Errata: a timeout of `wait` does not go on: it breaks the barrier for all. More in examples/ERRATA.md.
 */
import {
  Barrier,
  Gil,
  portable,
  SharedArray,
  sleepSync,
  Thread,
} from "@quartet/concurrency/threading";

/** The first element is how many follow. */
function append(store: SharedArray, value: number, gil: Gil | null): void {
  const steps = (): void => {
    const length = store.get(0);
    store.set(length + 1, value);
    store.set(0, length + 1);
  };
  if (gil) return gil.run(steps);
  using _held = store.lock.acquireSync();
  steps();
}

const { f1, f2 } = portable(import.meta, {
  f1(x: number, store: SharedArray, br: Barrier, gil: Gil | null): void {
    console.log("Calc part1");
    append(store, x ** 2, gil);
    sleepSync(500);
    br.waitSync();
  },

  f2(x: number, store: SharedArray, br: Barrier, gil: Gil | null): void {
    console.log("Calc part2");
    append(store, x * 2, gil);
    sleepSync(1000);
    br.waitSync();
  },
});

if (import.meta.main) {
  const br = new Barrier(3);
  const store = new SharedArray(3);
  const gil = Deno.args.includes("--gil") ? new Gil() : null;

  new Thread({ target: f1, args: [3, store, br, gil] }).start();
  new Thread({ target: f2, args: [7, store, br, gil] }).start();

  await br.wait();

  const sum = store.view.slice(1, 1 + store.get(0)).reduce((sum, value) => sum + value, 0);
  console.log("Result: ", sum);
}
