/**
 * A lock between threads: taken and released by one thread, and by two at once.
 *
 * What the platform takes for a `using` block that releases nothing stands beside the lock's.
 */
import { Barrier, Lock, RLock, Thread } from "../../src/threading/mod.ts";
import { bench, type Contender } from "./harness.ts";
import { BareMutex } from "./support/bare_futex.ts";
import { work } from "./support/thread_work.ts";

const ALONE = 3_000_000;
const TOGETHER = 300_000;

/** Nanoseconds for each call of `step`, in a loop of its own so that nothing else shapes its code. */
function alone(name: string, role: Contender["role"], make: () => () => void): Contender {
  return {
    name,
    role,
    open() {
      const step = make();
      const loop = new Function(
        "step",
        "times",
        "for (let i = 0; i < times; i++) step();",
      ) as (step: () => void, times: number) => void;
      return {
        measure() {
          const start = performance.now();
          loop(step, ALONE);
          return (performance.now() - start) * 1e6 / ALONE;
        },
      };
    },
  };
}

await bench({
  title: "taken and released by one thread",
  unit: "ns",
  better: "lower",
  warmUps: 2,
  target: "2 x the bare futex mutex",
}, [
  alone("bare futex mutex", "limit", () => {
    const mutex = new BareMutex(new SharedArrayBuffer(64));
    return () => {
      mutex.lock();
      mutex.unlock();
    };
  }),
  alone("Lock", "ours", () => {
    const lock = new Lock();
    return () => {
      lock.acquireSync();
      lock.release();
    };
  }),
  alone("RLock", "ours", () => {
    const lock = new RLock();
    return () => {
      lock.acquireSync();
      lock.release();
    };
  }),
  alone("using, with nothing to release", "limit", () => {
    const nothing = { [Symbol.dispose]: () => {} };
    return () => {
      using _held = nothing;
    };
  }),
  alone("Lock with using", "ours", () => {
    const lock = new Lock();
    return () => {
      using _held = lock.acquireSync();
    };
  }),
]);

/** Nanoseconds for each increment, by two threads at once. */
async function together(start: (barrier: Barrier, cell: Int32Array) => Thread<never[], number>[]) {
  const cell = new Int32Array(new SharedArrayBuffer(64));
  const threads = start(new Barrier(2), cell);
  const each = await Promise.all(threads.map((thread) => thread.start().result));
  await Promise.all(threads.map((thread) => thread.join()));
  if (cell[0] !== 2 * TOGETHER) throw new Error(`lost increments: ${cell[0]}`);
  return Math.max(...each) / 2;
}

await bench({
  title: "an increment under it, by two threads at once",
  unit: "ns",
  better: "lower",
  warmUps: 0,
  target: "2 x the bare futex mutex",
}, [
  {
    name: "bare futex mutex",
    role: "limit",
    open: () => ({
      measure: () =>
        together((barrier, cell) => {
          const buffer = new SharedArrayBuffer(64);
          return [1, 2].map(() =>
            new Thread({ target: work.incrementBare, args: [buffer, cell, barrier, TOGETHER] })
          ) as unknown as Thread<never[], number>[];
        }),
    }),
  },
  {
    name: "Lock",
    role: "ours",
    open: () => ({
      measure: () =>
        together((barrier, cell) => {
          const lock = new Lock();
          return [1, 2].map(() =>
            new Thread({ target: work.incrementUnder, args: [lock, cell, barrier, TOGETHER] })
          ) as unknown as Thread<never[], number>[];
        }),
    }),
  },
]);
