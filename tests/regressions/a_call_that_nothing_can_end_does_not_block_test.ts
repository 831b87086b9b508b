// A call that blocks right after start() stopped the event loop that the start needs: it never returned.
import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  Condition,
  type Connection,
  DeadlockError,
  Event,
  Lock,
  Pipe,
  Process,
  Queue,
  Semaphore,
  SimpleQueue,
} from "@quartet/concurrency/multiprocessing";

const ignore = Deno.build.os !== "linux"; // nowhere else do processes share memory

/** What would block for ever in a process that is alone, and a proof that no harm was done. */
const calls: Record<string, () => { block(): unknown; after(): unknown }> = {
  "Lock.acquireSync()": () => {
    const lock = new Lock();
    lock.acquireSync();
    return {
      block: () => lock.acquireSync(),
      async after() {
        await lock.release();
        assert(lock.tryAcquire() !== null);
      },
    };
  },
  "Semaphore.acquireSync()": () => {
    const semaphore = new Semaphore(0);
    return {
      block: () => semaphore.acquireSync(),
      async after() {
        await semaphore.release();
        assert(semaphore.tryAcquire() !== null);
      },
    };
  },
  "Event.waitSync()": () => {
    const event = new Event();
    return {
      block: () => event.waitSync(),
      async after() {
        await event.set();
        assert(event.waitSync());
      },
    };
  },
  "Condition.waitSync()": () => {
    const condition = new Condition();
    condition.acquireSync();
    return { block: () => condition.waitSync(), after: () => condition.release() };
  },
  "Barrier.waitSync()": () => {
    const barrier = new Barrier(2);
    return {
      block: () => barrier.waitSync(),
      async after() {
        assertEquals([await barrier.broken, await barrier.nWaiting], [true, 0]);
      },
    };
  },
  "Queue.getSync()": () => {
    const queue = new Queue<number>();
    return {
      block: () => queue.getSync(),
      after() {
        queue.putSync(1);
        assertEquals(queue.getSync(), 1);
      },
    };
  },
  "Queue.putSync()": () => {
    const queue = new Queue<number>(1);
    queue.putSync(1);
    return {
      block: () => queue.putSync(2),
      async after() {
        assertEquals([queue.getSync(), await queue.qsize()], [1, 0]);
      },
    };
  },
  "SimpleQueue.getSync()": () => {
    const queue = new SimpleQueue<number>();
    return { block: () => queue.getSync(), after: () => queue.putSync(1) };
  },
  "Connection.recvSync()": () => {
    const [receiving, sending] = Pipe<number>();
    return {
      block: () => receiving.recvSync(),
      after() {
        sending.sendSync(1);
        assertEquals(receiving.recvSync(), 1);
        receiving.close();
        sending.close();
      },
    };
  },
};
for (const [name, make] of Object.entries(calls)) {
  Deno.test(`${name} in a process that is alone fails instead of blocking for ever`, {
    ignore,
  }, async () => {
    const { block, after } = make();
    assertThrows(block, DeadlockError, "Cannot block here");
    await after();
  });
}

Deno.test("a blocking call right after start() fails, and a wait that does not block ends", {
  ignore,
}, async () => {
  const [ours, theirs] = Pipe<string>();
  const queue = new Queue<number>();
  const target = async (theirs: Connection<string>, queue: Queue<number>): Promise<void> => {
    await theirs.send("begun");
    await queue.put(1);
  };
  await using process = new Process({ target, args: [theirs, queue] }).start();
  assertThrows(() => ours.recvSync(), DeadlockError, "await until one has said something");
  assertThrows(() => queue.getSync(), DeadlockError);
  assertEquals(await ours.recv(), "begun");
  assertEquals(queue.getSync(), 1); // the child runs: now it may block
  await process.join();
  ours.close();
});
