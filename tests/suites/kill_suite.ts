/**
 * Greenlets over everything that gevent hands out, killed and timed out at moments that a seed chooses: nothing
 * that was handed out may be lost.
 */
import { assert, assertEquals } from "@std/assert";
import { run } from "../../src/asyncio/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { perturb, VirtualClock } from "../../src/testing/mod.ts";

const { sleep, spawn } = gevent;

/** Runs it in virtual time, once. */
export async function fuzzKills(seed: number): Promise<void> {
  using random = perturb(seed);
  using _clock = new VirtualClock();
  await run(() => scenario(random, seed));
}

async function scenario(random: { choose(count: number): number }, seed: number): Promise<void> {
  const semaphore = new gevent.lock.BoundedSemaphore(2);
  const rlock = new gevent.lock.RLock();
  const queue = new gevent.queue.Queue<number>(2);
  const channel = new gevent.queue.Channel<number>();
  const pool = new gevent.pool.Pool(3);
  let put = 0, got = 0, sent = 0, received = 0, inside = 0;

  const jobs: (() => unknown)[] = [
    async () => {
      using _permit = await semaphore.acquire();
      assert(++inside <= 2, `seed ${seed}`);
      try {
        await sleep(random.choose(4));
      } finally {
        inside--;
      }
    },
    function* () {
      const guard = yield* semaphore.acquire(random.choose(6));
      if (guard === null) return;
      using _permit = guard;
      inside++;
      try {
        yield* sleep(random.choose(3));
      } finally {
        inside--;
      }
    },
    function* () {
      using _outer = yield* rlock.acquire();
      using _inner = yield* rlock.acquire();
      yield* sleep(random.choose(3));
    },
    async () => {
      await queue.put(1);
      put++;
    },
    function* () {
      yield* queue.put(1);
      put++;
    },
    async () => {
      await queue.get();
      got++;
    },
    function* () {
      yield* queue.get();
      got++;
    },
    () => gevent.withTimeout(random.choose(5), sleep, 3, { timeoutValue: null }),
    async () => {
      await channel.put(1);
      sent++;
    },
    function* () {
      yield* channel.get();
      received++;
    },
    async () => void await pool.apply(sleep, random.choose(4)),
  ];

  const greenlets: gevent.Greenlet<unknown>[] = [];
  for (let i = 0; i < 60; i++) {
    greenlets.push(spawn(jobs[random.choose(jobs.length)]!));
    if (random.choose(3) === 0) await sleep(random.choose(3));
    if (random.choose(2) === 0) greenlets[random.choose(greenlets.length)]!.throw();
  }
  await sleep(100);
  await gevent.killall(greenlets);
  await pool.join();
  for (const { exception } of greenlets) assertEquals(exception, null, `seed ${seed}`);
  assertEquals(semaphore.statistics(), { value: 2, waiting: 0 }, `seed ${seed}`);
  assertEquals(rlock.statistics(), { depth: 0, waiting: 0 }, `seed ${seed}`);
  assertEquals([inside, queue.statistics().waitingToGet, queue.statistics().waitingToPut], [
    0,
    0,
    0,
  ]);
  // A putter that is killed after its item was let in has put it all the same, and counts it.
  assertEquals(got + queue.qsize(), put, `seed ${seed}: ${queue.qsize()} left`);
  assertEquals(received + channel.qsize(), sent, `seed ${seed}`);
  assertEquals(
    channel.statistics().waitingToGet + channel.statistics().waitingToPut,
    0,
    `seed ${seed}`,
  );
}
