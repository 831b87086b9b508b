/**
 * Every primitive of one event loop under cancels, timeouts and aborts at moments that a seed chooses, in async functions
 * and in generators, waited for directly and through what takes waits: in the end each item, permit, lock and message
 * has exactly one owner.
 */
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { perturb, VirtualClock } from "../../src/testing/mod.ts";

type Pick = (below: number) => number;
type Options = { timeout?: number; signal?: AbortSignal };
type Begin<T> = (options?: Options) => PromiseLike<T>;

/** What an attempt gives that has got nothing. */
const NOTHING = Symbol("nothing");
type Nothing = typeof NOTHING;

class Aborted extends Error {}

function signalSoon(pick: Pick): AbortSignal {
  const controller = new AbortController();
  aio.getRunningLoop().callLater(pick(4), () => controller.abort(new Aborted()));
  return controller.signal;
}

/** The errors by which a bounded wait says that it has done nothing. */
function isNothing(error: unknown): boolean {
  return error instanceof Aborted || error instanceof aio.TimeoutError ||
    error instanceof aio.EmptyError || error instanceof aio.FullError;
}

/** One wait, in one of the ways in which one can wait; `takes` for one whose value can go back. */
function way<T>(pick: Pick, begin: Begin<T>, takes: boolean): PromiseLike<T | Nothing> {
  switch (pick(takes ? 9 : 7)) {
    case 0:
      return begin();
    case 1:
      return begin({ timeout: pick(4) });
    case 2:
      return begin({ signal: signalSoon(pick) });
    case 3:
      return aio.waitFor(begin(), pick(4));
    case 4:
      return aio.createTask(begin());
    case 5:
      return aio.waitFor(aio.waitFor(begin(), pick(5)), pick(5));
    case 6:
      return aio.timeout(1 + pick(4), async () => await begin());
    case 7:
      return aio.race<T | Nothing>(begin(), aio.sleep(pick(4), NOTHING as Nothing));
    default:
      return aio.createTask(async () => (await aio.gather(begin(), aio.sleep(pick(3))))[0] as T);
  }
}

/** The same in an async function. */
async function attempt<T>(pick: Pick, begin: Begin<T>, takes: boolean): Promise<T | Nothing> {
  try {
    return await way(pick, begin, takes);
  } catch (error) {
    if (isNothing(error)) return NOTHING;
    throw error;
  }
}

/** A body for a task: an async function or a generator, that begins a wait and notes what it got. */
function body<T>(
  pick: Pick,
  begin: Begin<T>,
  takes: boolean,
  got: (value: T) => void | PromiseLike<unknown>,
): () => PromiseLike<unknown> | Generator<unknown, unknown, unknown> {
  if (pick(3) > 0) {
    return async () => {
      let value: T | Nothing;
      try {
        value = await way(pick, begin, takes && pick(2) === 0);
      } catch (error) {
        if (isNothing(error)) return;
        throw error;
      }
      if (value !== NOTHING && value !== null) await got(value as T);
    };
  }
  return function* () {
    let value: T | null;
    try {
      const how = pick(5);
      const wait = how === 0
        ? begin()
        : how === 1
        ? begin({ timeout: pick(4) })
        : how === 2
        ? begin({ signal: signalSoon(pick) })
        : how === 3
        ? aio.waitFor(begin(), pick(4))
        : aio.createTask(begin());
      value = yield* wait as aio.Eventual<T>;
    } catch (error) {
      if (isNothing(error)) return;
      throw error;
    }
    if (value === null) return;
    const more = got(value);
    if (more !== undefined) yield* more as aio.Eventual<unknown>;
  };
}

/** One primitive under the fuzz. */
interface Subject {
  readonly name: string;
  /** Bodies of tasks to choose from. */
  readonly jobs: (() => () => PromiseLike<unknown> | Generator<unknown, unknown, unknown>)[];
  /** Called when nothing moves any more, before what still waits is cancelled. */
  still?(): void;
  /** Counts, when all has ended. */
  end(): void;
}

/** So many at a time, with guards. */
function guarded(
  pick: Pick,
  name: string,
  most: number,
  acquire: Begin<Disposable | null>,
  free: () => number,
  waiting: () => number,
): Subject {
  let inside = 0;
  const use = (guard: Disposable | null): aio.Future<void> | undefined => {
    assert(++inside <= most, `${name}: ${inside} inside`);
    const nap = aio.sleep(pick(3));
    nap.addDoneCallback(() => {
      inside--;
      guard?.[Symbol.dispose]();
    });
    return nap;
  };
  return {
    name,
    jobs: [() => body(pick, acquire, true, use)],
    still: () => assert(waiting() === 0 || free() === 0, `${name}: one waits for what is free`),
    end: () => assertEquals([inside, free(), waiting()], [0, most, 0], name),
  };
}

interface Items {
  put: (item: number) => Begin<unknown>;
  get: Begin<number>;
  tryGet: () => number | undefined;
  waiting: () => [getting: number, putting: number];
  size: () => number;
}

/** What hands items over. */
function handing(pick: Pick, name: string, items: Items): Subject {
  const put: number[] = [], got: number[] = [];
  let next = 0;
  const rest = (): number[] => {
    const left: number[] = [];
    for (let item = items.tryGet(); item !== undefined; item = items.tryGet()) left.push(item);
    return left;
  };
  return {
    name,
    jobs: [
      () => {
        const item = next++;
        return body(pick, items.put(item), false, () => void put.push(item));
      },
      () => body(pick, items.get, true, (item) => void got.push(item)),
    ],
    still() {
      const [getting] = items.waiting();
      assert(getting === 0 || items.size() === 0, `${name}: one waits for an item that is there`);
    },
    end() {
      assertEquals(items.waiting(), [0, 0], name);
      const all = [...got, ...rest()];
      assertEquals(all.toSorted((a, b) => a - b), put.toSorted((a, b) => a - b), name);
    },
  };
}

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
  for (const subject of subjects(pick)) {
    try {
      await aio.run(() => scenario(subject, pick));
    } catch (error) {
      throw new Error(`${subject.name} failed with seed ${seed}`, { cause: error });
    }
  }
}

async function scenario(subject: Subject, pick: Pick): Promise<void> {
  const tasks: (aio.Task<unknown> | gevent.Greenlet<unknown>)[] = [];
  for (let i = 0; i < 24; i++) {
    const job = subject.jobs[pick(subject.jobs.length)]!();
    if (subject.name.startsWith("gevent") && pick(2) === 0) tasks.push(gevent.spawn(job));
    else tasks.push(aio.createTask(job as () => PromiseLike<unknown>));
    if (pick(3) === 0) await aio.sleep(pick(3));
    if (pick(2) === 0) end(tasks[pick(tasks.length)]!);
  }
  await aio.sleep(50);
  subject.still?.();
  for (const task of tasks) end(task);
  await aio.sleep(50);
  for (const task of tasks) {
    if (task instanceof gevent.Greenlet) {
      assert(task.dead, "a greenlet has not ended");
      if (task.exception !== null) throw task.exception;
    } else {
      assert(task.done(), "a task has not ended");
      if (!task.cancelled() && task.exception() !== null) throw task.exception();
    }
  }
  subject.end();
}

function end(task: aio.Task<unknown> | gevent.Greenlet<unknown>): void {
  if (task instanceof gevent.Greenlet) task.throw();
  else task.cancel();
}
