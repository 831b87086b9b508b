/** What processes share, mapped and served: many of it, long lines of waiters, and what other processes pay for those. */
import {
  type Event,
  type Lock,
  portable,
  Process,
  Queue,
} from "../../../src/multiprocessing/mod.ts";
import { mapped, served, type Way } from "../../support/served.ts";
import { servedQueue } from "../../support/served_queue.ts";
import { type Growth, numbers, shuffled, timed } from "./growth.ts";
import { aborted, timedOut } from "./waiter_rows.ts";

const far = portable(import.meta, {
  /** Waits so often for one lock; each waiter lets go as soon as it has it. */
  async waitForOne(lock: Lock, count: number, begun: Event): Promise<void> {
    const waits = numbers(count).map(async () => {
      await using _held = await lock.acquire();
    });
    await begun.set();
    await Promise.all(waits);
  },
  /** Waits for an item of each. */
  async waitForEach(queues: Queue<number>[], begun: Event): Promise<void> {
    const waits = queues.map((queue) => queue.get());
    await begun.set();
    await Promise.all(waits);
  },
});

/** What differs between the ways. */
interface Shared {
  readonly way: Way;
  queue<T>(): Queue<T>;
}

const SHARED: readonly Shared[] = [
  { way: mapped, queue: <T>() => new Queue<T>() },
  { way: served, queue: <T>() => servedQueue(Queue<T>) },
];

/** The milliseconds that pass. */
async function passed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function rowsOf({ way, queue }: Shared): Growth[] {
  const row = (name: string, to: number, take: Growth["take"]): Growth => ({
    name: `${way.name}: ${name}`,
    to,
    take,
  });
  return [
    row("waiters for a lock, aborted in any order", 5, async (count) => {
      const lock = way.lock();
      await using _held = await lock.acquire();
      return await aborted((_, options) => lock.acquire(options), count);
    }),
    row("waiters for a lock, of each second one the time passes", 5, async (count) => {
      const lock = way.lock();
      await using _held = await lock.acquire();
      return await timedOut((_, options) => lock.acquire(options), count);
    }),
    row("a lock handed from waiter to waiter", 5, async (count) => {
      const lock = way.lock();
      const held = await lock.acquire();
      const waits = numbers(count).map(async () => {
        await using _held = await lock.acquire();
      });
      return await timed(async () => {
        await held[Symbol.asyncDispose]();
        await Promise.all(waits);
      });
    }),
    row("locks, each with a waiter", 5, async (count) => {
      const locks = numbers(count).map(() => way.lock());
      const held = await Promise.all(locks.map((lock) => lock.acquire()));
      const waits = locks.map((lock) => lock.acquire());
      return await timed(async () => {
        for (const i of shuffled(numbers(count))) {
          await held[i]![Symbol.asyncDispose]();
          await (await waits[i]!)[Symbol.asyncDispose]();
        }
      });
    }),
    row("locks made and taken", 6, (count) =>
      timed(async () => {
        for (let i = 0; i < count; i++) await way.lock().tryAcquire();
      })),
    row("waiters for an event that is set", 5, async (count) => {
      const event = way.event();
      const waits = numbers(count).map(() => event.wait());
      return await timed(async () => {
        await event.set();
        await Promise.all(waits);
      });
    }),
    row("waiters for a condition, all notified", 5, async (count) => {
      const condition = way.condition(way.lock());
      const waits = numbers(count).map(async () => {
        await using _held = await condition.acquire();
        await condition.wait();
      });
      while ((await condition.statistics()).waiting < count) await null;
      return await timed(async () => {
        {
          await using _held = await condition.acquire();
          await condition.notifyAll();
        }
        await Promise.all(waits);
      });
    }),
    row("items of a queue", 6, async (count) => {
      const items = queue<number>();
      return await timed(async () => {
        for (let i = 0; i < count; i++) await items.put(i);
        for (let i = 0; i < count; i++) await items.get();
      });
    }),
    row("waiters for a queue's item, aborted in any order", 5, (count) => {
      const items = queue<number>();
      return aborted((_, options) => items.get(options), count);
    }),
    row("waiters for a queue's item, all served", 5, async (count) => {
      const items = queue<number>();
      const waits = numbers(count).map(() => items.get());
      return await timed(async () => {
        for (let i = 0; i < count; i++) await items.put(i);
        await Promise.all(waits);
      });
    }),
    row("queues with an item", 5, (count) =>
      timed(async () => {
        const queues = numbers(count).map(() => queue<number>());
        for (const each of queues) await each.put(1);
        for (const each of queues) await each.get();
      })),
    row("waiters in a child for a lock of here", 4, async (count) => {
      const lock = way.lock(), begun = way.event();
      const held = await lock.acquire();
      await using child = new Process({ target: far.waitForOne, args: [lock, count, begun] })
        .start();
      await begun.wait();
      return await passed(async () => {
        await held[Symbol.asyncDispose]();
        await child.result;
      });
    }),
    row("queues of here, a child waits at each", 4, async (count) => {
      const queues = numbers(count).map(() => queue<number>()), begun = way.event();
      await using child = new Process({ target: far.waitForEach, args: [queues, begun] }).start();
      await begun.wait();
      return await passed(async () => {
        for (const i of shuffled(numbers(count))) await queues[i]!.put(i);
        await child.result;
      });
    }),
  ];
}

/** See the head of this file. */
export const processRows: readonly Growth[] = SHARED.flatMap(rowsOf);
