/** Long lines of waiters in one event loop, and between threads: each leaves from the middle of its line, or all go on. */
import {
  Condition,
  createTask,
  Event,
  Future,
  gather,
  Lock,
  Queue,
  race,
  Semaphore,
  shield,
  sleep,
} from "../../../src/asyncio/mod.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import * as threadQueue from "../../../src/queue/mod.ts";
import * as threading from "../../../src/threading/mod.ts";
import type { WaitOptions } from "../../../src/core/deadline.ts";
import { ends, type Growth, inLoop, numbers, shuffled, timed, waiting } from "./growth.ts";

/** Begins the wait of that number. */
type Begin = (index: number, options?: WaitOptions) => PromiseLike<unknown>;

/** What is waited for. */
const LINES: Record<string, () => Begin> = {
  "a lock": () => {
    const lock = new Lock();
    lock.tryAcquire();
    return (_, options = {}) => lock.acquire(options);
  },
  "a queue's item": () => {
    const queue = new Queue<number>();
    return (_, options) => queue.get(options);
  },
  "a queue's room": () => {
    const queue = new Queue<number>(1);
    queue.putNowait(0);
    return (i, options) => queue.put(i, options);
  },
  "an event": () => {
    const event = new Event();
    return (_, options) => event.wait(options);
  },
  "a condition": () => {
    const condition = new Condition();
    return async (_, options) => {
      using _held = await condition.acquire();
      await condition.wait(options);
    };
  },
  "one future": () => {
    const future = new Future<void>();
    return () => shield(future);
  },
  "one signal": () => {
    const event = new Event(), { signal } = new AbortController();
    return () => event.wait({ signal });
  },
  "a greenlet's event": () => {
    const event = new gevent.Event();
    return () => event.wait();
  },
  "a greenlet's semaphore": () => {
    const permits = new gevent.lock.Semaphore(0);
    return () => permits.acquire();
  },
  time: () => () => sleep(1e6),
};

/** What a thread's event loop waits for; the lines are those of all threads. */
const THREAD_LINES: Record<string, () => Begin> = {
  "a lock between threads": () => {
    const lock = new threading.Lock();
    lock.tryAcquire();
    return (_, options = {}) => lock.acquire(options);
  },
  "an event between threads": () => {
    const event = new threading.Event();
    return (_, options) => event.wait(options);
  },
  "an item of a queue between threads": () => {
    const queue = new threadQueue.Queue<number>();
    return (_, options) => queue.get(options);
  },
};

/** Waits, each with a signal of its own, that are aborted one by one in any order. */
export function aborted(begin: Begin, count: number): Promise<number> {
  const controllers = numbers(count).map(() => new AbortController());
  const all = Promise.allSettled(controllers.map(({ signal }, i) => begin(i, { signal })));
  return timed(async () => {
    for (const controller of shuffled(controllers)) {
      controller.abort();
      await null; // each by itself
    }
    await all;
  });
}

/** Waits of which each second one's time passes. */
export async function timedOut(begin: Begin, count: number): Promise<number> {
  const staying = new AbortController();
  const waits = numbers(count).map((i) =>
    begin(i, i % 2 === 0 ? { timeout: 1 } : { signal: staying.signal })
  );
  const took = await timed(() => Promise.allSettled(waits.filter((_, i) => i % 2 === 0)));
  staying.abort();
  await Promise.allSettled(waits);
  return took;
}

/** See the head of this file. */
export const waiterRows: readonly Growth[] = [
  ...Object.entries(LINES).map(([name, make]) =>
    inLoop(`waiters for ${name}, cancelled in any order`, async (count) => {
      const tasks = await waiting(count, make());
      const order = shuffled([...tasks]);
      return await timed(() => {
        for (const task of order) task.cancel();
        return ends(tasks);
      });
    })
  ),
  inLoop(
    "waiters for a lock, of each second one the time passes",
    (count) => timedOut(LINES["a lock"]!(), count),
  ),
  inLoop("waiters for a queue's item, withdrawn by a race", async (count) => {
    const begin = LINES["a queue's item"]!();
    const tasks = await waiting(count, begin);
    const took = await timed(async () => {
      for (let i = 0; i < count; i++) await race([begin(i), Promise.resolve()]);
    });
    for (const task of tasks) task.cancel();
    await ends(tasks);
    return took;
  }),
  inLoop("a lock handed from waiter to waiter", async (count) => {
    const lock = new Lock();
    const held = lock.tryAcquire()!;
    const tasks = numbers(count).map(() =>
      createTask(async () => {
        using _held = await lock.acquire();
      })
    );
    await sleep(0);
    return await timed(() => {
      held[Symbol.dispose]();
      return gather(tasks);
    });
  }),
  inLoop("permits of a semaphore given at once", async (count) => {
    const permits = new Semaphore(0);
    const tasks = await waiting(count, () => permits.acquire());
    return await timed(() => {
      permits.release(count);
      return gather(tasks);
    });
  }),
  inLoop("locks, each taken", (count) =>
    timed(() => {
      for (let i = 0; i < count; i++) new Lock().tryAcquire();
    })),
  ...Object.entries(THREAD_LINES).flatMap(([name, make]): Growth[] => [
    {
      name: `waiters for ${name}, aborted in any order`,
      to: 5,
      take: (count) => aborted(make(), count),
    },
    {
      name: `waiters for ${name}, of each second one the time passes`,
      to: 5,
      take: (count) => timedOut(make(), count),
    },
  ]),
  {
    name: "locks between threads, each with a waiter",
    to: 5,
    take: async (count) => {
      const locks = numbers(count).map(() => new threading.Lock());
      const held = locks.map((lock) => lock.tryAcquire()!);
      const waits = locks.map((lock) => lock.acquire());
      return await timed(async () => {
        for (const i of shuffled(numbers(count))) {
          held[i]![Symbol.dispose]();
          (await waits[i]!)[Symbol.dispose]();
        }
      });
    },
  },
];
