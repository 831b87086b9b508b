/**
 * What was given to a wait whose thread ends before it knows goes to the next in line: a notification whose
 * waiter still takes its lock back, a lock handed over, a permit.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { BrokenBarrierError } from "../../src/core/errors.ts";
import {
  Barrier,
  Condition,
  Event,
  Lock,
  portable,
  RWLock,
  Semaphore,
  Thread,
} from "../../src/threading/mod.ts";
import { threadTest } from "../support/threads_gone.ts";
import { until } from "../support/until_waiting.ts";

export const targets = portable(import.meta, {
  /** Waits to be notified, and closes its thread when told, whatever it waits for then. */
  async waitAndDie(condition: Condition, die: Event): Promise<void> {
    void (async () => {
      using _held = await condition.acquire();
      await condition.wait();
    })();
    await die.wait();
    self.close();
    await new Promise(() => {});
  },
  /** Asks for what is held, and closes its thread in the moment in which that is given to it. */
  async askAndDie(what: Lock | Semaphore, ready: Event, die: Event): Promise<void> {
    void what.acquire();
    ready.set();
    die.waitSync(); // its event loop stands still: it is given what it asked for and does not know
    self.close();
    await new Promise(() => {});
  },
  /** The same for an `RWLock`. */
  async askToReadOrWriteAndDie(
    lock: RWLock,
    writes: boolean,
    ready: Event,
    die: Event,
  ): Promise<void> {
    void (writes ? lock.acquireWrite() : lock.acquireRead());
    ready.set();
    die.waitSync();
    self.close();
    await new Promise(() => {});
  },
  /** Waits at a barrier, and closes its thread there. */
  async waitThereAndDie(barrier: Barrier, ready: Event, die: Event): Promise<void> {
    void barrier.wait();
    ready.set();
    die.waitSync();
    self.close();
    await new Promise(() => {});
  },
  actAndDie(barrier: Barrier): Promise<number> {
    return barrier.wait();
  },
  exitInTheAction(): void {
    Deno.exit(); // ends this thread only
  },
});

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A): Thread<A, R> {
  const thread = new Thread({ target, args }).start();
  thread.result.catch(() => {}); // it dies, as it should
  return thread;
}

for (
  const [name, make] of [
    ["RLock", () => new Condition()],
    ["fair Lock", () => new Condition(new Lock({ fair: true }))],
  ] as const
) {
  threadTest(
    `a notification goes to the next when its waiter dies taking its ${name} back`,
    async () => {
      const condition = make();
      const die = new Event();
      const doomed = start(targets.waitAndDie, condition, die);
      await until(() => condition.statistics().waiting === 1);
      let woken = 0;
      const waits = [1, 2].map(async () => {
        using _held = await condition.acquire();
        await condition.wait();
        woken++;
      });
      await until(() => condition.statistics().waiting === 3);
      {
        using _held = await condition.acquire();
        condition.notify(); // the doomed one is the first
        await until(() => condition.statistics().waiting === 2);
        die.set();
        await doomed.join();
        await until(() => condition.statistics().waiting === 1);
      }
      await until(() => woken === 1);
      {
        using _held = await condition.acquire();
        condition.notify();
      }
      await Promise.all(waits);
    },
  );
}

for (
  const [name, make] of [
    ["Lock", () => new Lock()],
    ["fair Lock", () => new Lock({ fair: true })],
    ["Semaphore", () => new Semaphore(1)],
    ["fair Semaphore", () => new Semaphore(1, { fair: true })],
  ] as const
) {
  threadTest(`${name}: what a dying thread was given goes to the next in line`, async () => {
    const what: Lock | Semaphore = make();
    const [ready, die] = [new Event(), new Event()];
    const mine = await what.acquire();
    const doomed = start(targets.askAndDie, what, ready, die);
    await until(() => ready.isSet() && what.statistics().waiting === 1);
    const next = what.acquire();
    await until(() => what.statistics().waiting === 2);
    mine[Symbol.dispose]();
    die.set();
    await doomed.join();
    const guard = await next;
    assertEquals(what.tryAcquire(), null);
    guard[Symbol.dispose]();
    using again = what.tryAcquire();
    assert(again !== null);
  });
}

threadTest("Barrier: a thread that ends in the action breaks it for those who wait", async () => {
  const barrier = new Barrier(2, { action: targets.exitInTheAction });
  const waiting = barrier.wait().then(() => null, (error) => error);
  await until(() => barrier.nWaiting === 1);
  const doomed = start(targets.actAndDie, barrier);
  const error = await waiting;
  assert(error instanceof BrokenBarrierError, String(error));
  assertEquals(barrier.broken, true);
  await doomed.join();
});

for (const writes of [false, true]) {
  const name = writes ? "write" : "read";
  threadTest(`RWLock: who is let in to ${name} and dies before it knows makes room`, async () => {
    const lock = new RWLock();
    const [ready, die] = [new Event(), new Event()];
    const mine = lock.acquireWriteSync();
    const doomed = start(targets.askToReadOrWriteAndDie, lock, writes, ready, die);
    await until(() => ready.isSet());
    const writer = lock.acquireWrite();
    mine[Symbol.dispose]();
    assertEquals(lock.tryAcquireWrite(), null); // the doomed one has it
    die.set();
    await doomed.join();
    (await writer)[Symbol.dispose]();
    assertEquals(lock.statistics(), {
      readers: 0,
      writer: null,
      waitingReaders: 0,
      waitingWriters: 0,
    });
  });
}

threadTest("RWLock: a writer that dies in its line holds no readers back any more", async () => {
  const lock = new RWLock();
  const [ready, die] = [new Event(), new Event()];
  using _reading = lock.acquireReadSync();
  const doomed = start(targets.askToReadOrWriteAndDie, lock, true, ready, die);
  await until(() => ready.isSet());
  const reader = lock.acquireRead();
  assertEquals(lock.statistics().waitingReaders, 1);
  die.set();
  await doomed.join();
  (await reader)[Symbol.dispose]();
});

threadTest("Barrier: a party that dies while it waits is no party, and breaks it", async () => {
  const barrier = new Barrier(3);
  const [ready, die] = [new Event(), new Event()];
  const doomed = start(targets.waitThereAndDie, barrier, ready, die);
  await until(() => ready.isSet());
  const waiting = barrier.wait().then(() => null, (error) => error);
  assertEquals(barrier.nWaiting, 2);
  die.set();
  await doomed.join();
  const error = await waiting;
  assert(error instanceof BrokenBarrierError, String(error));
  assertEquals([barrier.broken, barrier.nWaiting], [true, 0]);
  barrier.reset();
  await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]);
});
