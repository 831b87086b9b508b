/**
 * The waits of threads and their queues are withdrawn like those of tasks, whatever takes them: no lock, permit or item
 * goes to nobody, and nobody is left in a line.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as queues from "../../src/queue/mod.ts";
import * as threads from "../../src/threading/mod.ts";
import { portable } from "../../src/threading/mod.ts";
import { takers } from "../suites/taker_suite.ts";
import { waitsIn } from "../support/wait_methods.ts";
import { threadTest } from "../support/threads_gone.ts";
import { until } from "../support/until_waiting.ts";

/** Something that one can wait for in vain, and how to see that a wait that was given up took nothing. */
interface Waited {
  /** Begins to wait; nothing is there. */
  wait(): PromiseLike<unknown>;
  /** Brings one, and checks that it is there for whoever comes. */
  check(): unknown;
  /** Ends what was made for it. */
  end?(): unknown;
}

export const work = portable(import.meta, {
  async untilSet(end: threads.Event): Promise<void> {
    await end.wait();
  },
});

function locked(make: () => threads.Lock | threads.Semaphore): () => Waited {
  return () => {
    const lock = make();
    const held = lock.tryAcquire()!;
    return {
      wait: () => lock.acquire(),
      check() {
        assertEquals(lock.statistics().waiting, 0);
        held[Symbol.dispose]();
        assert(lock.tryAcquire() !== null, "nobody has it, and it is not free");
      },
    };
  };
}

/** A lock with an owner, held by another task. */
async function owned(
  lock: threads.RLock,
  acquire: () => PromiseLike<Disposable>,
): Promise<Waited> {
  const release = new aio.Event(), ready = new aio.Event();
  const holder = aio.createTask(async () => {
    using _held = await acquire();
    ready.set();
    await release.wait();
  });
  await ready.wait();
  return {
    wait: acquire,
    async check() {
      assertEquals(lock.statistics().waiting, 0);
      release.set();
      await holder;
      using held = lock.tryAcquire();
      assert(held !== null, "nobody has it, and it is not free");
    },
  };
}

function ofReaders(way: "acquireRead" | "acquireWrite"): () => Waited {
  return () => {
    const lock = new threads.RWLock();
    const held = lock.tryAcquireWrite()!;
    return {
      wait: () => lock[way](),
      check() {
        held[Symbol.dispose]();
        assertEquals(lock.statistics(), {
          readers: 0,
          writer: null,
          waitingReaders: 0,
          waitingWriters: 0,
        });
      },
    };
  };
}

function notified(wait: (condition: threads.Condition) => PromiseLike<unknown>): () => Waited {
  return () => {
    const condition = new threads.Condition(new threads.Lock());
    const held = condition.tryAcquire()!;
    return {
      wait: () => wait(condition),
      check() {
        assertEquals(condition.statistics().waiting, 0);
        assertEquals(condition.tryAcquire(), null); // taken back
        condition.notify();
        held[Symbol.dispose]();
      },
    };
  };
}

function filled(make: (maxsize: number) => queues.Queue<number>, way: "get" | "put"): () => Waited {
  return () => {
    const queue = make(1);
    if (way === "put") queue.putSync(1);
    return {
      wait: () => way === "get" ? queue.get() : queue.put(2),
      check() {
        const { waitingToGet, waitingToPut } = queue.statistics();
        assertEquals([waitingToGet, waitingToPut], [0, 0]);
        if (way === "get") queue.putSync(1);
        assertEquals([queue.tryGet(), queue.qsize()], [1, 0]);
      },
    };
  };
}

/** How to wait for each thing in vain, by the method that waits: all of them, as the first test below holds. */
const WAITS: Record<string, () => Waited | Promise<Waited>> = {
  "Lock.acquire": locked(() => new threads.Lock()),
  "Lock.acquire, fair": locked(() => new threads.Lock({ fair: true })),
  "RLock.acquire": () => {
    const lock = new threads.RLock();
    return owned(lock, () => lock.acquire());
  },
  "Semaphore.acquire": locked(() => new threads.Semaphore(1)),
  "Semaphore.acquire, fair": locked(() => new threads.BoundedSemaphore(1, { fair: true })),
  "Condition.acquire": () => {
    const lock = new threads.RLock(), condition = new threads.Condition(lock);
    return owned(lock, () => condition.acquire());
  },
  "Condition.wait": notified((condition) => condition.wait()),
  "Condition.waitFor": notified((condition) => condition.waitFor(() => false)),
  "Event.wait": () => {
    const event = new threads.Event();
    return {
      wait: () => event.wait(),
      check: () => assertEquals(event.statistics().waiting, 0),
    };
  },
  "Barrier.wait": () => {
    const barrier = new threads.Barrier(2);
    return {
      wait: () => barrier.wait(),
      // A party that leaves breaks it, as one whose timeout passes does.
      check: () =>
        assertEquals([barrier.statistics().waiting, barrier.nWaiting, barrier.broken], [
          0,
          0,
          true,
        ]),
    };
  },
  "RWLock.acquireRead": ofReaders("acquireRead"),
  "RWLock.acquireWrite": ofReaders("acquireWrite"),
  "Thread.join": () => {
    const end = new threads.Event();
    const thread = new threads.Thread({ target: work.untilSet, args: [end] }).start();
    return {
      wait: () => thread.join(),
      check: () => assert(thread.isAlive),
      async end() {
        end.set();
        await thread.join();
      },
    };
  },
  "Timer.join": () => {
    const timer = new threads.Timer(60_000, () => {}).start();
    return {
      wait: () => timer.join(),
      check: () => assertEquals(timer.finished.statistics().waiting, 0),
      end: () => timer.cancel(),
    };
  },
  "sleep": () => ({ wait: () => threads.sleep(60_000), check() {} }),
  "BaseQueue.get": filled((maxsize) => new queues.Queue(maxsize), "get"),
  "BaseQueue.put": filled((maxsize) => new queues.Queue(maxsize), "put"),
  "BaseQueue.get of PriorityQueue": filled((maxsize) => new queues.PriorityQueue(maxsize), "get"),
  "BaseQueue.put of LifoQueue": filled((maxsize) => new queues.LifoQueue(maxsize), "put"),
  "Queue.join": () => {
    const queue = new queues.Queue<number>();
    queue.putSync(1);
    return { wait: () => queue.join(), check: () => assertEquals(queue.unfinishedTasks, 1) };
  },
};

Deno.test("every wait of threading and queue is in the table of this test", () => {
  const named = new Set(Object.keys(WAITS).map((name) => name.split(/[, ]/)[0]!));
  assertEquals(waitsIn("threading", "queue").filter((name) => !named.has(name)), []);
});

for (const [taker, give] of Object.entries(takers)) {
  threadTest(`what ${taker} gives up of the waits between threads takes nothing`, async () => {
    await aio.run(async () => {
      for (const [name, make] of Object.entries(WAITS)) {
        const waited = await make();
        try {
          await give(waited.wait);
          await waited.check();
        } catch (error) {
          throw new Error(name, { cause: error });
        } finally {
          await waited.end?.();
        }
      }
    });
  });
}

threadTest("what a loser of a race was granted goes back to where it came from", async () => {
  await aio.run(async () => {
    const items: unknown[] = [7, -0.5, "text", null, undefined, true, { deep: ["x".repeat(900)] }];
    const first = new queues.Queue<number>();
    for (const item of items) {
      const queue = new queues.Queue<unknown>(2);
      for (let i = 0; i < 300; i++) {
        queue.putSync(item);
        queue.putSync(i);
        first.putSync(i);
        assertEquals(await aio.race<unknown>(first.get(), queue.get()), i);
        assertEquals([queue.getSync(), queue.getSync(), queue.qsize()], [item, i, 0]);
      }
    }
    const priority = new queues.PriorityQueue<[number, string]>();
    for (const name of "abc") priority.putSync([1, name]);
    priority.putSync([0, "first"]);
    for (let i = 0; i < 2; i++) {
      first.putSync(i);
      await aio.race<unknown>(first.get(), priority.get());
    }
    const order = Array.from({ length: 4 }, () => priority.getSync()[1]);
    assertEquals(order, ["first", "a", "b", "c"]);
    const stack = new queues.LifoQueue<string>();
    stack.putSync("first");
    stack.putSync("last");
    first.putSync(1);
    await aio.race<unknown>(first.get(), stack.get());
    assertEquals([stack.getSync(), stack.getSync()], ["last", "first"]);
    const locks = [new threads.Lock(), new threads.Lock()];
    using _won = await aio.race(...locks.map((lock) => lock.acquire()));
    assertEquals(locks.map((lock) => lock.locked()), [true, false]);
  });
});

threadTest(
  "an item that goes back wakes one who waits, and counts as done after a shutdown at once",
  async () => {
    await aio.run(async () => {
      const first = new queues.Queue<number>(), queue = new queues.Queue<string>();
      first.putSync(1);
      queue.putSync("item");
      const lost = [first.get(), queue.get()];
      const waiting = queue.get();
      await aio.race<unknown>(...lost);
      assertEquals(await waiting, "item");
      first.putSync(1);
      queue.putSync("other");
      const race = aio.race<unknown>(first.get(), queue.get());
      queue.taskDone();
      queue.shutdown({ immediate: true });
      await race;
      assertEquals([queue.qsize(), queue.unfinishedTasks], [0, 0]);
    });
  },
);

threadTest("an order that throws keeps an item that goes back: it comes first", async () => {
  let broken = false;
  const compare = (a: number, b: number): number => {
    if (broken) throw new Error("no order");
    return a - b;
  };
  await aio.run(async () => {
    const first = new queues.Queue<number>();
    const queue = new queues.PriorityQueue<number>(0, { compare });
    for (const item of [3, 1, 2]) queue.putSync(item);
    first.putSync(1);
    const race = aio.race(first.get(), queue.get());
    broken = true;
    await race;
    broken = false;
    assertEquals([queue.getSync(), queue.getSync(), queue.getSync()], [1, 2, 3]);
  });
});

threadTest("a wait that comes free in the moment of its cancel loses nothing", async () => {
  await aio.run(async () => {
    for (const fair of [false, true]) {
      for (let turn = 0; turn < 40; turn++) {
        const lock = new threads.Lock({ fair });
        const held = lock.acquireSync();
        const task = aio.createTask(async () => {
          using _held = await lock.acquire();
        });
        await until(() => lock.statistics().waiting === 1);
        if (turn % 2 === 0) task.cancel();
        held[Symbol.dispose]();
        if (turn % 4 > 1) await Promise.resolve();
        task.cancel();
        await aio.gather(task, { returnExceptions: true });
        assertEquals(lock.statistics(), { locked: false, holder: null, waiting: 0 });
      }
    }
  });
});

threadTest("a notification whose waiter is cancelled goes to the next", async () => {
  await aio.run(async () => {
    const condition = new threads.Condition(new threads.Lock());
    let woken = 0;
    const wait = async (): Promise<void> => {
      using _held = await condition.acquire();
      await condition.wait();
      woken++;
    };
    const first = aio.createTask(wait), second = aio.createTask(wait);
    await until(() => condition.statistics().waiting === 2);
    {
      using _held = await condition.acquire();
      condition.notify();
      await aio.sleep(1); // the first one takes its lock back
      first.cancel();
    }
    await assertRejects(async () => await first, aio.CancelledError);
    await second;
    assertEquals(woken, 1);
  });
});

threadTest("a wait that was begun and not awaited ends no program", async () => {
  const died: unknown[] = [];
  const listener = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    died.push(event.reason);
  };
  addEventListener("unhandledrejection", listener);
  try {
    await aio.run(async () => {
      const queue = new queues.Queue<number>();
      const task = aio.createTask(async () => {
        const item = queue.get();
        await aio.sleep(20);
        return await item;
      });
      await aio.sleep(1);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      void queue.get({ timeout: 1 });
      await aio.sleep(5);
    });
  } finally {
    removeEventListener("unhandledrejection", listener);
  }
  assertEquals(died, []);
});

threadTest("a result that has come is given, however late one is", async () => {
  await aio.run(async () => {
    const lock = new threads.Lock(), queue = new queues.Queue<number>();
    queue.putSync(7);
    {
      using held = await aio.waitFor(lock.acquire(), 0);
      assert(held !== null);
    }
    assertEquals(await aio.waitFor(queue.get(), 0), 7);
    await aio.waitFor(queue.put(8), 0);
    const task = aio.createTask(async () => await queue.get());
    aio.getRunningLoop().callSoon(() => task.cancel());
    const got = await task.then((item) => [item], () => []);
    assertEquals(got.length + queue.qsize(), 1);
  });
});
