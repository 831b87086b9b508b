/**
 * Every primitive of one event loop under cancels, timeouts and aborts at moments that a seed chooses, in async functions
 * and in generators, waited for directly and through what takes waits: in the end each item, permit, lock and message
 * has exactly one owner.
 */
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { perturb, VirtualClock } from "../../src/testing/mod.ts";
import {
  MADE_HERE,
  type MakeShared,
  processSubjects,
  threadSubjects,
} from "./shared_wait_subjects.ts";
import { attempt, body, guarded, handing, type Pick, type Subject } from "./wait_subject.ts";

function conditional(pick: Pick): Subject {
  const condition = new aio.Condition();
  let tokens = 0, taken = 0, made = 0;
  return {
    name: "asyncio.Condition",
    jobs: [
      () => async () => {
        using held = await condition.acquire(pick(3) === 0 ? { timeout: pick(4) } : undefined);
        if (held === null) return;
        while (tokens === 0) {
          const notified = await attempt(pick, (options) => condition.wait(options), false);
          assert(condition.locked(), "goes on without the lock");
          if (notified !== true) return;
        }
        tokens--;
        taken++;
      },
      () =>
        function* () {
          using held = yield* condition.acquire();
          assert(held !== null);
          while (tokens === 0) {
            if (!(yield* condition.wait({ timeout: 1 + pick(6) }))) return;
          }
          tokens--;
          taken++;
        },
      () => async () => {
        using _held = await condition.acquire();
        if (pick(2) === 0) await aio.sleep(pick(2));
        tokens++;
        made++;
        condition.notify();
      },
    ],
    still: () =>
      assert(tokens === 0 || condition.statistics().waiting === 0, "a notification is lost"),
    end() {
      assertEquals(condition.statistics(), { locked: false, waiting: 0 });
      assertEquals(taken + tokens, made);
    },
  };
}

function flags(pick: Pick): Subject {
  const event = new aio.Event(), green = new gevent.Event();
  const barrier = new aio.Barrier(3);
  return {
    name: "events and barrier",
    jobs: [
      () => body(pick, (options) => event.wait(options), false, () => {}),
      () => body(pick, (options) => green.wait(options), false, () => {}),
      () => body(pick, (options) => barrier.wait(options), false, () => {}),
      () => () => {
        event.set();
        green.set();
        return aio.sleep(pick(2)).then(() => {
          event.clear();
          green.clear();
        });
      },
    ],
    end() {
      assertEquals([event.statistics().waiting, green.statistics().waiting], [0, 0]);
      assertEquals([barrier.nWaiting, barrier.broken], [0, false]);
    },
  };
}

function subjects(pick: Pick): Subject[] {
  const lock = new aio.Lock(), semaphore = new aio.BoundedSemaphore(2);
  const limiter = new aio.CapacityLimiter(2);
  const rlock = new gevent.lock.RLock(), green = new gevent.lock.BoundedSemaphore(2);
  const queue = (name: string, queue: aio.Queue<number>): Subject =>
    handing(pick, `asyncio.${name}`, {
      put: (item) => (options) => queue.put(item, options),
      get: (options) => queue.get(options),
      tryGet: () => queue.tryGet(),
      waiting: () => [queue.statistics().waitingToGet, queue.statistics().waitingToPut],
      size: () => queue.qsize(),
    });
  const channel = (capacity: number): Subject => {
    const [sender, receiver] = aio.openChannel<number>(capacity);
    return handing(pick, `channel(${capacity})`, {
      put: (item) => (options) => sender.send(item, options),
      get: (options) => receiver.receive(options),
      tryGet: () => receiver.tryReceive(),
      waiting: () => [sender.statistics().waitingToReceive, sender.statistics().waitingToSend],
      size: () => sender.statistics().size,
    });
  };
  const greenQueue = (name: string, queue: gevent.queue.Queue<number>): Subject =>
    handing(pick, `gevent.${name}`, {
      put: (item) => (options) => queue.put(item, options),
      get: (options) => queue.get(options),
      tryGet: () => queue.tryGet(),
      waiting: () => [queue.statistics().waitingToGet, queue.statistics().waitingToPut],
      size: () => queue.qsize(),
    });
  return [
    guarded(
      pick,
      "asyncio.Lock",
      1,
      (options) => lock.acquire(options),
      () => lock.locked() ? 0 : 1,
      () => lock.statistics().waiting,
    ),
    guarded(
      pick,
      "asyncio.BoundedSemaphore",
      2,
      (options) => semaphore.acquire(options),
      () => semaphore.value,
      () => semaphore.statistics().waiting,
    ),
    guarded(
      pick,
      "asyncio.CapacityLimiter",
      2,
      (options) => limiter.acquireOnBehalfOf({}, options),
      () => limiter.availableTokens,
      () => limiter.statistics().waiting,
    ),
    guarded(
      pick,
      "gevent.BoundedSemaphore",
      2,
      (options) => green.acquire(options ?? {}),
      () => green.counter,
      () => green.statistics().waiting,
    ),
    guarded(
      pick,
      "gevent.RLock",
      1,
      (options) => rlock.acquire(options ?? {}),
      () => rlock.locked() ? 0 : 1,
      () => rlock.statistics().waiting,
    ),
    queue("Queue", new aio.Queue<number>(2)),
    queue("Queue without bound", new aio.Queue<number>()),
    queue("PriorityQueue", new aio.PriorityQueue<number>(2)),
    queue("LifoQueue", new aio.LifoQueue<number>(1)),
    channel(0),
    channel(2),
    greenQueue("Queue", new gevent.queue.Queue<number>(2)),
    greenQueue("PriorityQueue", new gevent.queue.PriorityQueue<number>(1)),
    greenQueue("Channel", new gevent.queue.Channel<number>()),
    conditional(pick),
    flags(pick),
  ];
}

/** Runs every primitive under one seed, in virtual time. */
export async function fuzzWaits(seed: number): Promise<void> {
  using random = perturb(seed);
  using _clock = new VirtualClock();
  const pick: Pick = (below) => random.choose(below);
  const all = [
    ...subjects(pick),
    ...threadSubjects(pick),
    ...await processSubjects(pick, MADE_HERE),
  ];
  for (const subject of all) await runOne(subject, pick, seed);
}

/** The same of the primitives of processes that live in another one, in real time. */
export async function fuzzRemoteWaits(seed: number, make: MakeShared): Promise<void> {
  using random = perturb(seed);
  const pick: Pick = (below) => random.choose(below);
  for (const subject of await processSubjects(pick, make)) await runOne(subject, pick, seed);
}

async function runOne(subject: Subject, pick: Pick, seed: number): Promise<void> {
  try {
    await aio.run(() => scenario(subject, pick));
  } catch (error) {
    throw new Error(`${subject.name} failed with seed ${seed}`, { cause: error });
  }
}

async function scenario(subject: Subject, pick: Pick): Promise<void> {
  const tasks: (aio.Task<unknown> | gevent.Greenlet<unknown>)[] = [];
  for (let i = 0; i < 24; i++) {
    const job = subject.jobs[pick(subject.jobs.length)]!();
    if (!subject.name.startsWith("asyncio") && pick(2) === 0) tasks.push(gevent.spawn(job));
    else tasks.push(aio.createTask(job as () => PromiseLike<unknown>));
    if (pick(3) === 0) await aio.sleep(pick(3));
    if (pick(2) === 0) end(tasks[pick(tasks.length)]!);
  }
  await aio.sleep(50);
  await settles(() => subject.still?.());
  for (const task of tasks) end(task);
  // What lives in another process takes its time.
  const over = (each: typeof tasks[number]) =>
    each instanceof gevent.Greenlet ? each.dead : each.done();
  for (let turn = 0; turn < 1_200 && !tasks.every(over); turn++) await aio.sleep(50);
  for (const task of tasks) {
    if (task instanceof gevent.Greenlet) {
      assert(task.dead, "a greenlet has not ended");
      if (task.exception !== null) throw task.exception;
    } else {
      assert(task.done(), "a task has not ended");
      if (!task.cancelled() && task.exception() !== null) throw task.exception();
    }
  }
  await settles(() => subject.end());
}

/** Checks what may be under way to another process for a while, but is not lost. */
async function settles(check: () => unknown): Promise<void> {
  for (let turn = 0;; turn++) {
    try {
      await check();
      return;
    } catch (error) {
      if (turn === 3_000) throw error; // after a minute
      await aio.sleep(20);
    }
  }
}

function end(task: aio.Task<unknown> | gevent.Greenlet<unknown>): void {
  if (task instanceof gevent.Greenlet) task.throw();
  else task.cancel();
}
