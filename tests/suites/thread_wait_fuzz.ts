/** Threads that wait for everything in every way, with timeouts, aborts and stops by chance; then all is counted. */
import { assertEquals } from "@std/assert";
import {
  Barrier,
  Condition,
  Event,
  Lock,
  RLock,
  RWLock,
  Semaphore,
  SharedArray,
  Thread,
} from "../../src/threading/mod.ts";
import { LifoQueue, PriorityQueue, Queue } from "../../src/queue/mod.ts";
import { COUNT, fuzz, type Waitables } from "../support/targets/wait_fuzz_targets.ts";

/** What a run did. */
export interface FuzzFigures {
  readonly steps: number;
  readonly givenUp: number;
  readonly stopped: number;
}

/** One run: some threads, some of them stopped in the middle of it. Fails if anything has no owner, or two. */
export async function fuzzThreadWaits(
  seed: number,
  threads: number,
  steps: number,
): Promise<FuzzFigures> {
  const things: Waitables = {
    lock: new Lock(),
    fairLock: new Lock({ fair: true }),
    rlock: new RLock(),
    semaphore: new Semaphore(2),
    fairSemaphore: new Semaphore(2, { fair: true }),
    condition: new Condition(),
    event: new Event(),
    barrier: new Barrier(2),
    rwlock: new RWLock(),
    queues: [new Queue(3), new LifoQueue(3), new PriorityQueue(3), new Queue()],
    counts: new SharedArray(COUNT.size, "f64"),
  };
  const started = Array.from({ length: threads }, (_, i) => {
    const args: [Waitables, number, number] = [things, seed * 31 + i * 7919, steps];
    return new Thread({ target: fuzz.wander, args, name: `wanderer ${i}` }).start();
  });
  const ends = Promise.all(started.map((thread) => thread.result));
  const { counts } = things;
  for (const [i, thread] of started.entries()) {
    if ((seed + i) % 3 !== 0) continue;
    const until = ((i + 1) / (threads + 1)) * threads * steps * 0.5;
    while (counts.get(COUNT.steps) < until && thread.isAlive) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    thread.stop();
  }
  const done = await ends;
  await Promise.all(started.map((thread) => thread.join()));
  checkOwners(things, `seed ${seed}`);
  return {
    steps: done.reduce((a, b) => a + b),
    givenUp: counts.get(COUNT.givenUp),
    stopped: done.filter((each) => each < steps).length,
  };
}

/** Each lock is free, each permit back, each item in or out once, and nobody stands in any line. */
function checkOwners(t: Waitables, seed: string): void {
  const count = (what: number): number => t.counts.get(what);
  for (const [name, lock] of Object.entries({ lock: t.lock, fair: t.fairLock, rlock: t.rlock })) {
    const { locked, waiting } = lock.statistics();
    assertEquals([locked, waiting], [false, 0], `${name}, ${seed}`);
  }
  for (const semaphore of [t.semaphore, t.fairSemaphore]) {
    assertEquals(semaphore.statistics(), { value: 2, waiting: 0 }, seed);
  }
  assertEquals(t.rwlock.statistics(), {
    readers: 0,
    writer: null,
    waitingReaders: 0,
    waitingWriters: 0,
  }, seed);
  assertEquals(
    [t.condition.statistics().waiting, t.condition.tryAcquire() !== null],
    [0, true],
    seed,
  );
  assertEquals([t.event.statistics().waiting, t.barrier.statistics().waiting], [0, 0], seed);
  assertEquals(t.barrier.nWaiting, 0, seed);
  assertEquals(count(COUNT.added), count(COUNT.taken) + count(COUNT.tokens), seed);
  let [left, sum] = [0, 0];
  for (const queue of t.queues) {
    const { waitingToGet, waitingToPut } = queue.statistics();
    assertEquals([waitingToGet, waitingToPut], [0, 0], seed);
    for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) {
      left++;
      sum += item;
    }
  }
  assertEquals([count(COUNT.put), count(COUNT.putSum)], [
    count(COUNT.got) + left,
    count(COUNT.gotSum) + sum,
  ], seed);
  for (let inside = COUNT.lock; inside <= COUNT.writers; inside++) {
    assertEquals(count(inside), 0, `inside ${inside}, ${seed}`);
  }
}
