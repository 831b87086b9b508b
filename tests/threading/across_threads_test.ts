/** The same objects, from several threads at once. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  Condition,
  DeadlockError,
  dumpThreads,
  Event,
  findDeadlocks,
  Gil,
  Local,
  Lock,
  NotOwnerError,
  RLock,
  RWLock,
  Semaphore,
  SharedArray,
  StoppedError,
  Thread,
  Value,
} from "../../src/threading/mod.ts";
import { Queue } from "../../src/queue/mod.ts";
import { crossing, targets } from "../support/targets/thread_targets.ts";
import { threadTest } from "../support/threads_gone.ts";
import { until } from "../support/until_waiting.ts";

const cells = (n: number) => new Int32Array(new SharedArrayBuffer(4 * n));

function run<A extends unknown[], R>(target: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
  return new Thread({ target, args }).start().result;
}

threadTest("one thread adds", async () => {
  assertEquals(await run(targets.add, 1, 2), 3); // the first loads and checks the targets for all
});

threadTest(
  "Lock keeps increments of several threads exact, blocking and promise forms mixed",
  async () => {
    const cell = cells(1);
    for (const lock of [new Lock(), new Lock({ fair: true })]) {
      cell[0] = 0;
      const times = 1000;
      await Promise.all([
        run(targets.increment, lock, cell, times),
        run(targets.increment, lock, cell, times),
        run(targets.incrementLater, lock, cell, times / 10),
      ]);
      assertEquals(cell[0], 2 * times + times / 10);
      assertEquals(lock.locked(), false);
    }
  },
);

threadTest("RLock keeps nested increments exact", async () => {
  const cell = cells(1), lock = new RLock();
  const work = [1, 2].map(() => run(targets.incrementUsing, lock, cell, 500));
  await Promise.all(work);
  assertEquals(cell[0], 1000);
});

threadTest("a lock held by a thread refuses others, blocking and not", async () => {
  for (const lock of [new Lock(), new RLock()]) {
    const held = new Event(), go = new Event();
    const thread = new Thread({ target: targets.hold, args: [lock, held, go], name: "holder" });
    thread.start();
    await held.wait();
    assertEquals(lock.tryAcquire(), null);
    assertEquals(lock.acquireSync({ timeout: 2 }), null);
    assertEquals(lock.statistics().holder, "holder");
    if (lock instanceof RLock) assertThrows(() => lock.release(), NotOwnerError);
    const next = lock.acquire();
    go.set();
    (await next)[Symbol.dispose]();
    await thread.join();
  }
});

threadTest("Lock may be released by another thread, RLock may not", async () => {
  const lock = new Lock(), rlock = new RLock();
  lock.acquireSync();
  rlock.acquireSync();
  assertEquals(await run(targets.tryRelease, lock), "released");
  assertEquals(await run(targets.tryRelease, rlock), "NotOwnerError");
  assertEquals([lock.locked(), rlock.isOwned()], [false, true]);
  rlock.release();
  assertEquals(await run(targets.take, rlock, 60_000), true);
});

threadTest(
  "a thread that ends while holding a lock fails its waiters by name, and it can be recovered",
  async () => {
    const said: unknown[] = [];
    for (const lock of [new Lock(), new RLock()]) {
      const thread = new Thread({ target: targets.keep, args: [lock], name: "careless" }).start();
      await thread.join();
      assertEquals(lock.acquireSync({ timeout: 1 }), null);
      assertThrows(() => lock.acquireSync(), DeadlockError, '"careless" ended while holding it');
      await assertRejects(() => lock.acquire(), DeadlockError, '"careless"');
      assertEquals(lock.statistics().holder, "careless");
      assertEquals([lock.recover(), lock.recover()], [true, false]);
      lock.acquireSync()[Symbol.dispose]();
    }
    assertEquals(said, []);
  },
);

threadTest("who already waits when the holder ends is told, too", async () => {
  const lock = new Lock(), held = new Event(), go = new Event();
  const thread = new Thread({
    target: function (lock: Lock, held: Event, go: Event) {
      lock.acquireSync();
      held.set();
      go.waitSync();
    },
    args: [lock, held, go],
    name: "careless",
  }).start();
  await held.wait();
  const waits = [lock.acquire(), lock.acquire()];
  const bounded = lock.acquire({ timeout: 500 });
  await until(() => lock.statistics().waiting === 3);
  go.set();
  for (const wait of waits) await assertRejects(() => wait, DeadlockError, "careless");
  assertEquals(await bounded, null);
  await thread.join();
});

threadTest("Semaphore never lets more in than it has permits", async () => {
  for (const semaphore of [new Semaphore(2), new Semaphore(2, { fair: true })]) {
    const counts = cells(2);
    await Promise.all([1, 2, 3].map(() => run(targets.limit, semaphore, counts, 100)));
    assert(counts[1]! <= 2, `${counts[1]} inside`);
    assertEquals([counts[0], semaphore.value], [0, 2]);
  }
});

threadTest("Barrier keeps threads in step, each with a number of its own", async () => {
  const barrier = new Barrier(3), passes = cells(3);
  const numbers = await Promise.all(
    [0, 1, 2].map((me) => run(targets.pass, barrier, passes, me, 10)),
  );
  for (let pass = 0; pass < 10; pass++) {
    assertEquals(numbers.map((each) => each[pass]!).toSorted(), [0, 1, 2]);
  }
});

threadTest("Condition: what is produced is consumed, no notify is lost", async () => {
  for (const filled of [new Condition(), new Condition(new Lock())]) {
    const cell = cells(1);
    const consumers = [1, 2].map(() => run(targets.consume, filled, cell, 200));
    const producers = [1, 2].map(() => run(targets.produce, filled, cell, 200));
    await Promise.all(producers);
    assertEquals(await Promise.all(consumers), [200, 200]);
    assertEquals(cell[0], 0);
  }
});

threadTest("Value and SharedArray change as one", async () => {
  const value = new Value(), floats = new SharedArray([0, 0], "f64");
  await Promise.all([
    run(crossing.bump, value, 1000),
    run(crossing.bump, value, 1000),
    run(crossing.bumpFloat, floats, 1000),
    run(crossing.bumpFloat, floats, 1000),
  ]);
  assertEquals([value.get(), ...floats], [2000, 1000, 7.5]);
});

threadTest("Local: each thread has its own value", async () => {
  const local = new Local<string>();
  local.value = "mine";
  assertEquals(await run(crossing.local, local), [null, "theirs"]);
  assertEquals(local.value, "mine");
});

threadTest("what is shared stays itself, nested in arguments and in items of a queue", async () => {
  const lock = new Lock(), queue = new Queue<{ lock: Lock; queue: unknown }>();
  await run(crossing.share, { lock, deep: [queue as Queue<unknown>] });
  const item = queue.getSync();
  assertStrictEquals(item.lock, lock);
  assertStrictEquals(item.queue, queue);
});

threadTest(
  "a blocked thread gets a lock out of a queue, also when it imports nothing itself",
  async () => {
    const queue = new Queue<unknown>(), lock = new Lock();
    const take = function (queue: Queue<unknown>) {
      const { lock } = queue.getSync() as { lock: Lock };
      return lock.tryAcquire() === null;
    };
    using _held = lock.acquireSync();
    queue.putSync({ lock });
    assertEquals(await run(take, queue), true);
  },
);

threadTest("Queue: a blocked getSync() is woken by a put, and by stop()", async () => {
  const queue = new Queue<unknown>();
  const first = run(crossing.getOne, queue);
  await until(() => queue.statistics().waitingToGet === 1);
  queue.putSync({ answer: 42 });
  assertEquals(await first, { answer: 42 });
  const thread = new Thread({ target: crossing.getOne, args: [queue] }).start();
  await until(() => queue.statistics().waitingToGet === 1);
  thread.stop();
  await assertRejects(() => thread.result, StoppedError);
  assertEquals(queue.statistics().waitingToGet, 0);
});

threadTest("Queue: through a thread and back, in order, blocking and with promises", async () => {
  for (const target of [crossing.echo, crossing.echoLater]) {
    const there = new Queue<unknown>(8), back = new Queue<unknown>(8);
    const thread = new Thread({ target, args: [there, back] }).start();
    const items = Array.from({ length: 300 }, (_, i) => i % 3 === 0 ? i : { i, text: `item ${i}` });
    const putting = (async () => {
      for (const item of items) await there.put(item);
      there.shutdown();
    })();
    const got: unknown[] = [];
    for await (const item of back) got.push(item);
    await putting;
    assertEquals(got, items);
    await thread.join();
  }
});

threadTest(
  "findDeadlocks() names who holds and who waits, dumpThreads() where each is parked",
  async () => {
    const a = new Lock(), b = new Lock(), ready = new Barrier(2);
    const one = new Thread({ target: crossing.cross, args: [a, b, ready], name: "one" }).start();
    const two = new Thread({ target: crossing.cross, args: [b, a, ready], name: "two" }).start();
    await until(() => findDeadlocks().length === 1);
    const [deadlock] = findDeadlocks();
    assertEquals(deadlock!.threads.toSorted(), ["one", "two"]);
    assert(deadlock!.message.includes('"one" waits for Lock'), deadlock!.message);
    const dump = dumpThreads().filter(({ name }) => name === "one" || name === "two");
    assertEquals(dump.map(({ state, waits }) => [state, waits[0]!.for, waits[0]!.heldBy]), [
      ["blocked", "Lock", "two"],
      ["blocked", "Lock", "one"],
    ]);
    one.stop();
    await assertRejects(() => one.result, StoppedError);
    await two.result;
    assertEquals(findDeadlocks(), []);
  },
);

threadTest(
  "RWLock: many read at a time, one writes; a waiting writer goes before later readers",
  async () => {
    const lock = new RWLock();
    const one = lock.acquireReadSync();
    const two = await lock.acquireRead();
    assertEquals(lock.tryAcquireWrite(), null);
    const order: string[] = [];
    const writer = lock.acquireWrite().then((guard) => (order.push("writer"), guard));
    const reader = lock.acquireRead().then((guard) => (order.push("reader"), guard));
    assertEquals(lock.tryAcquireRead(), null);
    assertEquals(lock.statistics().waitingWriters, 1);
    one[Symbol.dispose]();
    lock.releaseRead();
    const writing = await writer;
    assertEquals(order, ["writer"]);
    assertEquals(lock.acquireReadSync({ timeout: 1 }), null);
    writing[Symbol.dispose]();
    (await reader)[Symbol.dispose]();
    assertThrows(() => two[Symbol.dispose](), NotOwnerError);
    assertThrows(() => lock.releaseWrite(), NotOwnerError);
    const again = lock.acquireReadSync();
    const late = lock.acquireWrite({ timeout: 2 });
    const behind = lock.acquireRead();
    assertEquals(await late, null);
    (await behind)[Symbol.dispose]();
    again[Symbol.dispose]();
    lock.acquireWriteSync()[Symbol.dispose]();
  },
);

threadTest("Gil: threads take turns, by either algorithm", async () => {
  for (const gil of [new Gil(), new Gil({ algorithm: "ticks", interval: 10 })]) {
    const start = performance.now();
    const rounds = await Promise.all([
      run(crossing.compute, gil, 60),
      run(crossing.compute, gil, 60),
    ]);
    assert(rounds.every((each) => each > 0));
    assert(performance.now() - start >= 60);
    assert(gil.statistics().switches >= 2, `${gil.statistics().switches} switches`);
    assertEquals(gil.statistics().holder, null);
  }
});
