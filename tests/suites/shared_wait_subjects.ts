/** The primitives of threads and processes as subjects of the fuzz over waits. */
import { assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as mp from "../../src/multiprocessing/mod.ts";
import { served } from "../support/served.ts";
import { servedQueue } from "../support/served_queue.ts";
import * as queues from "../../src/queue/mod.ts";
import * as threads from "../../src/threading/mod.ts";
import {
  body,
  guarded,
  handing,
  owning,
  type Pick,
  type Subject,
  tokensUnder,
} from "./wait_subject.ts";

/** Those between threads, all on this one. */
export function threadSubjects(pick: Pick): Subject[] {
  const lock = (name: string, lock: threads.Lock): Subject =>
    guarded(
      pick,
      `threading.${name}`,
      1,
      (options) => lock.acquire(options!),
      () => lock.locked() ? 0 : 1,
      () => lock.statistics().waiting,
    );
  const semaphore = (name: string, semaphore: threads.Semaphore): Subject =>
    guarded(
      pick,
      `threading.${name}`,
      2,
      (options) => semaphore.acquire(options!),
      () => semaphore.value,
      () => semaphore.statistics().waiting,
    );
  const queue = (name: string, queue: queues.Queue<number>): Subject =>
    handing(pick, `queue.${name}`, {
      put: (item) => (options) => queue.put(item, options),
      get: (options) => queue.get(options),
      tryGet: () => queue.tryGet(),
      waiting: () => [queue.statistics().waitingToGet, queue.statistics().waitingToPut],
      size: () => queue.qsize(),
    });
  const condition = (name: string, condition: threads.Condition): Subject =>
    tokensUnder(pick, `threading.${name}`, {
      acquire: (options) => condition.acquire(options!),
      wait: (options) => condition.wait(options),
      notify: () => condition.notify(),
      waiting: () => condition.statistics().waiting,
    });
  const rlock = new threads.RLock();
  return [
    lock("Lock", new threads.Lock()),
    lock("fair Lock", new threads.Lock({ fair: true })),
    owning(
      pick,
      "threading.RLock",
      (options) => rlock.acquire(options!),
      () => rlock.locked() ? 0 : 1,
      () => rlock.statistics().waiting,
    ),
    semaphore("Semaphore", new threads.Semaphore(2)),
    semaphore("fair BoundedSemaphore", new threads.BoundedSemaphore(2, { fair: true })),
    readersAndWriters(pick),
    condition("Condition", new threads.Condition()),
    condition("Condition of a fair Lock", new threads.Condition(new threads.Lock({ fair: true }))),
    flags(pick),
    queue("Queue", new queues.Queue<number>(2)),
    queue("Queue without bound", new queues.Queue<number>()),
    queue("PriorityQueue", new queues.PriorityQueue<number>(2)),
    queue("LifoQueue", new queues.LifoQueue<number>(1)),
  ];
}

function readersAndWriters(pick: Pick): Subject {
  const lock = new threads.RWLock();
  let readers = 0, writers = 0;
  const use = (writes: boolean) => async (guard: Disposable | null): Promise<void> => {
    try {
      writes ? writers++ : readers++;
      assertEquals([writers * (writers + readers - 1)], [0], "a writer is not alone");
      await aio.sleep(pick(3));
    } finally {
      writes ? writers-- : readers--;
      guard?.[Symbol.dispose]();
    }
  };
  return {
    name: "threading.RWLock",
    jobs: [
      () => body(pick, (options) => lock.acquireRead(options!), true, use(false)),
      () => body(pick, (options) => lock.acquireWrite(options!), true, use(true)),
    ],
    end() {
      const free = { readers: 0, writer: null, waitingReaders: 0, waitingWriters: 0 };
      assertEquals(lock.statistics(), free);
    },
  };
}

function flags(pick: Pick): Subject {
  const event = new threads.Event(), barrier = new threads.Barrier(3);
  return {
    name: "threading events and barrier",
    jobs: [
      () => body(pick, (options) => event.wait(options), false, () => {}),
      () => async () => {
        try {
          await body(pick, (options) => barrier.wait(options), false, () => {})();
        } catch (error) {
          if (!(error instanceof threads.BrokenBarrierError)) throw error;
          barrier.reset(); // one left, which breaks it
        }
      },
      () => async () => {
        event.set();
        await aio.sleep(pick(2));
        event.clear();
      },
    ],
    end() {
      assertEquals([event.statistics().waiting, barrier.statistics().waiting], [0, 0]);
    },
  };
}

/** What is made for the fuzz of processes. */
export const SHARED = {
  lock: (): mp.Lock => new mp.Lock(),
  servedLock: (): mp.Lock => served.lock(),
  rlock: (): mp.RLock => new mp.RLock(),
  semaphore: (): mp.Semaphore => new mp.BoundedSemaphore(2),
  condition: (): mp.Condition => new mp.Condition(),
  queue: (): mp.Queue<number> => new mp.Queue<number>(2),
  simple: (): mp.SimpleQueue<number> => new mp.SimpleQueue<number>(),
  servedQueue: (): mp.Queue<number> => servedQueue(mp.Queue<number>, 2),
  servedSimple: (): mp.SimpleQueue<number> => servedQueue(mp.SimpleQueue<number>),
};

/** Makes one of them somewhere. */
export type MakeShared = <K extends keyof typeof SHARED>(
  kind: K,
) => ReturnType<typeof SHARED[K]> | Promise<ReturnType<typeof SHARED[K]>>;

/** Makes it in this process. */
export const MADE_HERE: MakeShared = (kind) => SHARED[kind]() as never;

/** What the names of the two ways end with. */
const WAYS = ["", ", served"] as const;

/** Those between processes, wherever they live. */
export async function processSubjects(pick: Pick, make: MakeShared): Promise<Subject[]> {
  const locks = await Promise.all([make("lock"), make("servedLock")]);
  const rlock = await make("rlock"), semaphore = await make("semaphore");
  const condition = await make("condition"),
    queues = await Promise.all([make("queue"), make("servedQueue")]),
    simples = await Promise.all([make("simple"), make("servedSimple")]);
  const [left, right] = mp.Pipe<number>();
  return [
    ...locks.map((lock, way) =>
      guarded(
        pick,
        `multiprocessing.Lock${WAYS[way]}`,
        1,
        (options) => lock.acquire(options),
        async () => await lock.locked() ? 0 : 1,
        async () => (await lock.statistics()).waiting,
      )
    ),
    owning(
      pick,
      "multiprocessing.RLock",
      (options) => rlock.acquire(options),
      async () => await rlock.locked() ? 0 : 1,
      async () => (await rlock.statistics()).waiting,
    ),
    guarded(
      pick,
      "multiprocessing.BoundedSemaphore",
      2,
      (options) => semaphore.acquire(options),
      () => semaphore.getValue(),
      async () => (await semaphore.statistics()).waiting,
    ),
    tokensUnder(pick, "multiprocessing.Condition", {
      acquire: (options) => condition.acquire(options),
      wait: (options) => condition.wait(options),
      notify: () => condition.notify(),
      waiting: async () => (await condition.statistics()).waiting,
    }),
    ...queues.map((queue, way) =>
      handing(pick, `multiprocessing.Queue${WAYS[way]}`, {
        put: (item) => (options) => queue.put(item, options),
        get: (options) => queue.get(options),
        tryGet: () => queue.tryGet(),
        async waiting() {
          const { waitingToGet, waitingToPut } = await queue.statistics();
          return [waitingToGet, waitingToPut];
        },
        size: () => queue.qsize(),
      })
    ),
    ...simples.map((simple, way) =>
      handing(pick, `multiprocessing.SimpleQueue${WAYS[way]}`, {
        put: (item) => () => simple.put(item),
        get: (options) => simple.get(options),
        tryGet: async () => await simple.qsize() === 0 ? undefined : await simple.get(),
        waiting: async () => [(await simple.statistics()).waitingToGet, 0],
        size: () => simple.qsize(),
      })
    ),
    handing(pick, "multiprocessing.Connection", {
      put: (item) => () => left.send(item),
      get: (options) => right.recv(options),
      tryGet: async () => await right.poll() ? await right.recv() : undefined,
      waiting: () => [0, 0],
      size: async () => await right.poll() ? 1 : 0,
    }),
  ];
}
