/** Counts the waits that are still alive after they have ended, though what they waited for lives on. */
import * as aio from "../../../src/asyncio/mod.ts";
import * as futures from "../../../src/futures/mod.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import * as threading from "../../../src/threading/mod.ts";
import * as queue from "../../../src/queue/mod.ts";

declare const gc: () => void;

const COUNT = 100;
const { signal } = new AbortController();
let alive = 0;
const collected = new FinalizationRegistry(() => alive--);

function note<T extends object>(wait: T): T {
  alive++;
  collected.register(wait, null);
  return wait;
}

async function ended(wait: PromiseLike<unknown>): Promise<void> {
  await Promise.allSettled([note(wait)]);
}

const left: Record<string, number> = {};
await aio.run(async () => {
  const task = aio.createTask(() => aio.sleep(3_600_000));
  const future = new futures.Future<void>();
  const event = new aio.Event(), channel = aio.openChannel<number>(), asyncQueue = new aio.Queue();
  const greenlet = gevent.spawn(() => gevent.sleep(3_600_000)), flag = new gevent.Event();
  const lock = new threading.Lock(), threadQueue = new queue.Queue();
  lock.acquireSync();
  const ways: Record<string, () => Promise<unknown>> = {
    "shield that is cancelled": async () => {
      const shield = note(aio.shield(task));
      shield.cancel();
      await ended(shield);
    },
    "waitFor of a shield": () => ended(aio.waitFor(aio.shield(task), 1)),
    "wait": () => ended(aio.wait([task], { timeout: 1 })),
    "asCompleted": () => ended(Array.fromAsync(note(aio.asCompleted([task], { timeout: 1 })))),
    "asCompleted that was left": async () => {
      const quick = aio.createTask(() => {});
      for await (const _ended of note(aio.asCompleted([quick, task], { timeout: 3_600_000 }))) {
        break;
      }
    },
    "asCompleted with for, left": async () => {
      const quick = aio.createTask(() => {});
      for (const next of note(aio.asCompleted([quick, task], { timeout: 3_600_000 }))) {
        await next;
        break;
      }
    },
    "race": () => ended(aio.race(aio.shield(task), aio.sleep(1))),
    "wait of futures": () => ended(futures.wait([future], { timeout: 1 })),
    "Event.wait": () => ended(event.wait({ timeout: 1, signal })),
    "Queue.get": () => ended(asyncQueue.get({ timeout: 1, signal })),
    "Receiver.receive": () => ended(channel[1].receive({ timeout: 1, signal })),
    "sleep in a timeout far away": () => ended(aio.timeout(3_600_000, () => aio.sleep(1))),
    "waitFor far away": () => ended(aio.waitFor(() => aio.sleep(1), 3_600_000)),
    "callLater that is cancelled": () => {
      note(aio.getRunningLoop().callLater(3_600_000, () => {})).cancel();
      return Promise.resolve();
    },
    "Greenlet.join": () => ended(greenlet.join({ timeout: 1, signal })),
    "gevent.wait": () => ended(gevent.wait([flag, greenlet], { timeout: 1, signal })),
    "joinall": () => ended(gevent.joinall([greenlet], { timeout: 1 })),
    "threading.Lock.acquire": () => ended(lock.acquire({ timeout: 1, signal })),
    "Thread queue's get": () => ended(threadQueue.get({ timeout: 1, signal })),
  };
  for (const [name, way] of Object.entries(ways)) {
    alive = 0;
    await Promise.all(Array.from({ length: COUNT }, way));
    for (let round = 0; round < 20 && alive > 0; round++) {
      await aio.sleep(5);
      gc();
    }
    left[name] = alive;
  }
  task.cancel();
  await greenlet.kill();
});
console.log(JSON.stringify(left));
