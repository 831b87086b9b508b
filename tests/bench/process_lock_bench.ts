/** The primitives between processes: used by one process, and by two at once. */
import {
  Barrier,
  Condition,
  Event,
  Lock,
  portable,
  Process,
  RLock,
  Semaphore,
  SharedArray,
  Value,
} from "../../src/multiprocessing/mod.ts";
import { Barrier as ThreadBarrier, Thread } from "../../src/threading/mod.ts";
import { served } from "../support/served.ts";
import { bench, type Contender } from "./harness.ts";
import { BareMutex } from "./support/bare_futex.ts";

const ALONE = 200_000;
const TOGETHER = 100_000;
const PASSES = 2_000;

const far = portable(import.meta, {
  async incrementUnder(
    lock: Lock,
    barrier: Barrier,
    cell: SharedArray,
    times: number,
    later: boolean,
  ): Promise<number> {
    await barrier.wait();
    const start = performance.now();
    for (let i = 0; i < times; i++) {
      const guard = later ? await lock.acquire() : lock.acquireSync();
      cell.view[0]!++;
      await guard[Symbol.asyncDispose]();
    }
    return (performance.now() - start) * 1e6 / times;
  },
  incrementBlocking(lock: Lock, barrier: Barrier, cell: SharedArray, times: number): number {
    barrier.waitSync();
    const start = performance.now();
    for (let i = 0; i < times; i++) {
      using _held = lock.acquireSync();
      cell.view[0]!++;
    }
    return (performance.now() - start) * 1e6 / times;
  },
  passThreads(barrier: ThreadBarrier, times: number): number {
    barrier.waitSync();
    const start = performance.now();
    for (let i = 0; i < times; i++) barrier.waitSync();
    return (performance.now() - start) * 1e3 / times;
  },
  pass(barrier: Barrier, times: number): number {
    barrier.waitSync();
    const start = performance.now();
    for (let i = 0; i < times; i++) barrier.waitSync();
    return (performance.now() - start) * 1e3 / times;
  },
});

/** Nanoseconds for each call of `step` in this process alone. */
function alone(
  name: string,
  role: Contender["role"],
  make: () => () => unknown,
  later = false,
): Contender {
  return {
    name,
    role,
    open() {
      const step = make();
      return {
        async measure() {
          const start = performance.now();
          if (later) { for (let i = 0; i < ALONE; i++) await step(); }
          else for (let i = 0; i < ALONE; i++) step();
          return (performance.now() - start) * 1e6 / ALONE;
        },
      };
    },
  };
}

/** Two processes at once; the figure of the slower one, for each of their steps together. */
function together(
  name: string,
  role: Contender["role"],
  start: (barrier: Barrier) => Process<never[], number>[],
  share = 2,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        const children = start(new Barrier(2));
        const each = await Promise.all(children.map((child) => child.result));
        await Promise.all(children.map((child) => child.join()));
        return Math.max(...each) / share;
      },
    }),
  };
}

function incrementing(lock: () => Lock, times: number, later: boolean) {
  return (barrier: Barrier): Process<never[], number>[] => {
    const shared = lock(), cell = new SharedArray(1);
    const children = [1, 2].map(() =>
      later
        ? new Process({ target: far.incrementUnder, args: [shared, barrier, cell, times, true] })
        : new Process({ target: far.incrementBlocking, args: [shared, barrier, cell, times] })
    ) as unknown as Process<never[], number>[];
    for (const child of children) child.start();
    Promise.all(children.map((child) => child.join())).then(() => {
      if (cell.view[0] !== 2 * times) throw new Error(`lost increments: ${cell.view[0]}`);
      cell.unlink();
      cell.close();
    });
    return children;
  };
}

/** A Python process of its own, which prints one figure. */
function python(what: string, count: number): Contender {
  const script = new URL("./support/python_locks.py", import.meta.url).pathname;
  return {
    name: "Python",
    role: "peer",
    open: () => ({
      async measure() {
        const args = [script, what, String(count)];
        const { stdout } = await new Deno.Command("python3", { args, stderr: "inherit" }).output();
        return Number(new TextDecoder().decode(stdout));
      },
    }),
  };
}

const bare = alone("bare futex mutex", "limit", () => {
  const mutex = new BareMutex(new SharedArrayBuffer(64));
  return () => {
    mutex.lock();
    mutex.unlock();
  };
});

if (import.meta.main) {
  await bench({ title: "a Lock taken and released by one process", unit: "ns", better: "lower" }, [
    bare,
    alone("acquireSync()", "ours", () => {
      const lock = new Lock();
      return () => {
        using _held = lock.acquireSync();
      };
    }),
    alone("await acquire()", "ours", () => {
      const lock = new Lock();
      return async () => {
        using _held = await lock.acquire();
      };
    }, true),
    alone("RLock.acquireSync()", "ours", () => {
      const lock = new RLock();
      return () => {
        using _held = lock.acquireSync();
      };
    }),
    alone("Semaphore.acquireSync()", "ours", () => {
      const semaphore = new Semaphore(2);
      return () => {
        using _permit = semaphore.acquireSync();
      };
    }),
    python("Lock", ALONE),
  ]);

  await bench(
    { title: "an Event set, seen and cleared by one process", unit: "ns", better: "lower" },
    [
      bare,
      alone("Event", "ours", () => {
        const event = new Event();
        return () => {
          event.set();
          event.waitSync();
          event.clear();
        };
      }),
      python("Event", ALONE / 10),
    ],
  );

  await bench(
    { title: "a Condition taken and notified by one process", unit: "ns", better: "lower" },
    [
      bare,
      alone("Condition", "ours", () => {
        const condition = new Condition(new Lock());
        return () => {
          using _held = condition.acquireSync();
          condition.notify();
        };
      }),
      python("Condition", ALONE / 10),
    ],
  );

  await bench({ title: "an addition to a Value", unit: "ns", better: "lower" }, [
    bare,
    alone("await Value.add()", "ours", () => {
      const value = new Value();
      return () => value.add(1);
    }, true),
    python("Value", ALONE / 10),
  ]);

  await bench({
    title: "an increment under a Lock, by two processes at once",
    unit: "ns",
    better: "lower",
    rounds: 3,
    warmUps: 0,
  }, [
    bare,
    together("acquireSync()", "ours", incrementing(() => new Lock(), TOGETHER, false)),
    together("await acquire()", "ours", incrementing(() => new Lock(), TOGETHER / 10, true)),
    together("await acquire(), served", "ours", incrementing(served.lock, TOGETHER / 10, true)),
    python("contended", TOGETHER),
  ]);

  await bench({
    title: "a pass of a Barrier of two processes",
    unit: "µs",
    better: "lower",
    rounds: 3,
    warmUps: 0,
  }, [
    {
      name: "two threads",
      role: "limit",
      open: () => ({
        async measure() {
          const barrier = new ThreadBarrier(2);
          const threads = [1, 2].map(() =>
            new Thread({ target: far.passThreads, args: [barrier, PASSES] }).start()
          );
          const each = await Promise.all(threads.map((thread) => thread.result));
          await Promise.all(threads.map((thread) => thread.join()));
          return Math.max(...each);
        },
      }),
    },
    together(
      "waitSync()",
      "ours",
      (barrier) =>
        [1, 2].map(() =>
          new Process({ target: far.pass, args: [barrier, PASSES] }).start()
        ) as unknown as Process<never[], number>[],
      1,
    ),
    python("Barrier", PASSES),
  ]);
}
