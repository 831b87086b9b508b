/**
 * What one of many costs when there are a thousand of them, and when there are a million.
 *
 * Each row is a way to have many at once: tasks, timers, waiters, items, locks, jobs of each executor. Its figures are the
 * nanoseconds of this process that one of them costs, at each size; neighbours take none of those. They stay as they are,
 * or grow a little: a million live objects are copied by the collector and held by no cache, and what is sorted grows with
 * the logarithm. A row is marked where ten times as many cost `WORSE` times as much each, since something walks a line
 * there. The least of some runs is taken.
 *
 * `deno task bench growth` measures all rows; parts of names pick some: `deno run -A tests/bench/growth_bench.ts lock timer`.
 */
import process from "node:process";
import {
  asCompleted,
  Condition,
  createTask,
  Event,
  Future,
  gather,
  getRunningLoop,
  Lock,
  openChannel,
  PriorityQueue,
  Queue,
  race,
  run,
  Semaphore,
  shield,
  sleep,
  type Task,
  TaskGroup,
  wait,
  waitFor,
} from "../../src/asyncio/mod.ts";
import * as futures from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import * as threadQueue from "../../src/queue/mod.ts";
import { Lock as ThreadLock } from "../../src/threading/mod.ts";
import { bench, type Contender } from "./harness.ts";
import { jobs as work } from "./support/jobs.ts";

/** So much dearer may one of ten times as many be. */
const WORSE = 5;
/** How often each figure is taken, at sizes that are quick. */
const RUNS = 3;
/** The milliseconds for all runs of one size; a size that is to take much longer is left out. */
const PATIENCE = 4_000;

/** The sizes of which the ratio goes into the table of all benchmarks. */
const [FEW, MORE] = [1_000, 20_000];

/** One row. */
interface Growth {
  readonly name: string;
  /** The largest power of ten. */
  readonly to?: number;
  /** Has `count` of it; returns the milliseconds that the part to be measured took. */
  readonly take: (count: number) => Promise<number>;
}

/** The milliseconds of this process that `work` takes. */
async function timed(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A row of something that happens inside of a loop. */
function inLoop(name: string, take: (count: number) => Promise<number>, to = 6): Growth {
  return { name, to, take: (count) => run(() => take(count)) };
}

/** `count` tasks that have begun to wait. */
async function waiting(
  count: number,
  begin: (index: number) => PromiseLike<unknown>,
): Promise<Task<unknown>[]> {
  const tasks = Array.from({ length: count }, (_, i) => createTask(async () => await begin(i)));
  await sleep(0);
  await sleep(0);
  return tasks;
}

/** The end of all, whatever it is. */
function ends(tasks: readonly Task<unknown>[]): PromiseLike<unknown> {
  return gather(tasks, { returnExceptions: true });
}

/** Tasks that wait for `wait`, and are cancelled: the last first, or the first. */
function cancelled(
  name: string,
  make: () => { wait: (index: number) => PromiseLike<unknown> },
  from: "first" | "last",
): Growth {
  return inLoop(`${name}, cancelled from the ${from} on`, async (count) => {
    const { wait } = make();
    const tasks = await waiting(count, wait);
    if (from === "last") tasks.reverse();
    return await timed(() => {
      for (const task of tasks) task.cancel();
      return ends(tasks);
    });
  });
}

const ONE = (): Promise<number> => Promise.resolve(1);
function* one(): Generator<unknown, number, unknown> {
  yield;
  return 1;
}

/** What takes part in each row that is about waiters. */
const LINES: Record<string, () => { wait: (index: number) => PromiseLike<unknown> }> = {
  "waiters for a lock": () => {
    const lock = new Lock();
    lock.tryAcquire();
    return { wait: () => lock.acquire() };
  },
  "waiters for a queue's item": () => {
    const queue = new Queue<number>();
    return { wait: () => queue.get() };
  },
  "waiters for a queue's room": () => {
    const queue = new Queue<number>(1);
    queue.putNowait(0);
    return { wait: (i) => queue.put(i) };
  },
  "waiters for an event": () => {
    const event = new Event();
    return { wait: () => event.wait() };
  },
  "waiters for a condition": () => {
    const condition = new Condition();
    return {
      async wait() {
        using _held = await condition.acquire();
        await condition.wait();
      },
    };
  },
  "waiters for one future": () => {
    const future = new Future<void>();
    return { wait: () => shield(future) };
  },
  "waiters with a time": () => {
    const event = new Event();
    return { wait: () => event.wait({ timeout: 1e6 }) };
  },
  "waiters on one signal": () => {
    const event = new Event();
    const { signal } = new AbortController();
    return { wait: () => event.wait({ signal }) };
  },
  "waiters for a greenlet event": () => {
    const event = new gevent.Event();
    return { wait: () => event.wait() };
  },
  sleepers: () => ({ wait: () => sleep(1e6) }),
};

/** What an executor is given. */
function jobs(name: string, make: () => futures.Executor, to = 5): Growth {
  return {
    name: `jobs, ${name}`,
    to,
    async take(count) {
      await using pool = make();
      await pool.ready();
      return await timed(() =>
        Promise.all(Array.from({ length: count }, () => pool.submit(work.nothing)))
      );
    },
  };
}

const rows: Growth[] = [
  inLoop("tasks, async", (count) => timed(() => gather(Array.from({ length: count }, () => ONE)))),
  inLoop(
    "tasks, generators",
    (count) => timed(() => gather(Array.from({ length: count }, one))),
  ),
  inLoop("tasks in a group", (count) =>
    timed(() =>
      TaskGroup.run((group) => {
        for (let i = 0; i < count; i++) group.createTask(ONE);
      })
    )),
  inLoop(
    "wait()",
    (count) => timed(() => wait(Array.from({ length: count }, () => createTask(ONE)))),
  ),
  inLoop("asCompleted()", (count) =>
    timed(async () => {
      for await (const each of asCompleted(Array.from({ length: count }, one))) await each;
    })),
  inLoop(
    "race()",
    (count) =>
      timed(() => race(Array.from({ length: count }, (_, i) => () => sleep(i === 0 ? 1 : 1e6)))),
    5,
  ),
  inLoop(
    "waitFor()",
    (count) => timed(() => gather(Array.from({ length: count }, () => () => waitFor(ONE, 1e6)))),
  ),
  inLoop("a chain of tasks, cancelled at its end", async (count) => {
    let last: Task<unknown> = createTask(() => sleep(1e6));
    const chain = [last];
    for (let i = 1; i < count; i++) {
      const inner = last;
      chain.push(last = createTask(async () => await inner));
    }
    await sleep(0);
    await sleep(0);
    return await timed(() => {
      last.cancel();
      return ends(chain);
    });
  }),
  {
    name: "greenlets, joinall()",
    to: 6,
    take: (count) =>
      timed(() => gevent.joinall(Array.from({ length: count }, () => gevent.spawn(one)))),
  },
  inLoop("timers, all due", (count) =>
    timed(async () => {
      const loop = getRunningLoop();
      const over = new Future<void>();
      let left = count;
      for (let i = 0; i < count; i++) loop.callLater(i % 7, () => --left === 0 && over.setResult());
      await over;
    })),
  inLoop("timers, all taken back", (count) => {
    const loop = getRunningLoop();
    return timed(() => {
      const timers = Array.from({ length: count }, (_, i) => loop.callLater(1e6 + i % 7, one));
      for (const timer of timers) timer.cancel();
    });
  }),
  ...Object.entries(LINES).flatMap(([name, make]) => [
    cancelled(name, make, "first"),
    cancelled(name, make, "last"),
  ]),
  inLoop("callbacks of one future, taken back", (count) => {
    const future = new Future<void>();
    const callbacks = Array.from({ length: count }, (_, i) => () => i);
    return timed(() => {
      for (const each of callbacks) future.addDoneCallback(each);
      for (const each of callbacks.reverse()) future.removeDoneCallback(each);
    });
  }),
  inLoop("clones of a channel's end, closed while they wait", async (count) => {
    const [sender, receiver] = openChannel<number>();
    const clones = Array.from({ length: count }, () => receiver.clone());
    const tasks = await waiting(count, (i) => clones[i]!.receive());
    const took = await timed(() => {
      for (const clone of clones) clone.close();
      return ends(tasks);
    });
    sender.close();
    receiver.close();
    return took;
  }, 5),
  inLoop("a lock handed from waiter to waiter", async (count) => {
    const lock = new Lock();
    const held = lock.tryAcquire()!;
    const tasks = Array.from({ length: count }, () =>
      createTask(async () => {
        using _held = await lock.acquire();
      }));
    await sleep(0);
    return await timed(() => {
      held[Symbol.dispose]();
      return gather(tasks);
    });
  }),
  inLoop("permits of a semaphore given at once", async (count) => {
    const permits = new Semaphore(0);
    const tasks = await waiting(count, () => permits.acquire());
    return await timed(() => {
      permits.release(count);
      return gather(tasks);
    });
  }),
  inLoop("locks, each taken", (count) =>
    timed(() => {
      for (let i = 0; i < count; i++) new Lock().tryAcquire();
    })),
  inLoop("items of a queue", (count) => {
    const queue = new Queue<number>();
    return timed(() => {
      for (let i = 0; i < count; i++) queue.putNowait(i);
      for (let i = 0; i < count; i++) queue.getNowait();
    });
  }, 7),
  inLoop("items of a priority queue", (count) => {
    const queue = new PriorityQueue<number>();
    return timed(() => {
      for (let i = 0; i < count; i++) queue.putNowait((i * 7919) % count);
      for (let i = 0; i < count; i++) queue.getNowait();
    });
  }),
  {
    name: "items of a queue between threads",
    to: 6,
    take: (count) => {
      const queue = new threadQueue.Queue<number>();
      return timed(() => {
        for (let i = 0; i < count; i++) queue.putSync(i);
        for (let i = 0; i < count; i++) queue.getSync();
      });
    },
  },
  inLoop("waiters for a lock between threads, aborted from the last on", async (count) => {
    const lock = new ThreadLock();
    const held = lock.tryAcquire()!;
    const controllers = Array.from({ length: count }, () => new AbortController());
    const waits = controllers.map(({ signal }) => lock.acquire({ signal }));
    const all = Promise.allSettled(waits);
    const took = await timed(() => {
      for (const controller of controllers.reverse()) controller.abort();
      return all;
    });
    held[Symbol.dispose]();
    return took;
  }, 4),
  jobs("in line", () => new futures.SyncExecutor()),
  jobs("async", () => new futures.AsyncExecutor()),
  jobs("threads", () => new futures.ThreadPoolExecutor({ maxWorkers: 2 })),
  jobs("processes", () => new futures.ProcessPoolExecutor({ maxWorkers: 2 })),
];

/** The nanoseconds for one of each size, from a thousand on. */
async function measure({ to = 6, take }: Growth): Promise<number[]> {
  const figures: number[] = [];
  await take(1000);
  for (let power = 3; power <= to; power++) {
    const count = 10 ** power;
    let best = Infinity;
    for (let i = 0; i < RUNS; i++) {
      const took = await take(count);
      best = Math.min(best, took);
      if (took > PATIENCE / RUNS) break;
    }
    figures.push(best * 1e6 / count);
    if (best * 10 > 2 * PATIENCE) break;
  }
  return figures;
}

/** Whether one of ten times as many costs too much more. */
function isWorse(figures: readonly number[]): boolean {
  return figures.some((figure, i) => i > 0 && figure > WORSE * figures[i - 1]!);
}

/** Measures two sizes of each row as contenders: what goes into the table of all benchmarks. */
async function measureRatios(picked: readonly Growth[]): Promise<void> {
  const of = (role: Contender["role"], { take }: Growth, count: number): Contender => ({
    name: `one of ${count.toLocaleString("en")}`,
    role,
    open: () => ({ measure: async () => await take(count) * 1e6 / count }),
  });
  for (const row of picked) {
    const more = Math.min(MORE, 10 ** (row.to ?? 6));
    const title = `growth of ${row.name}`;
    await bench({ title, unit: "ns", better: "lower", rounds: RUNS }, [
      of("limit", row, FEW),
      of("ours", row, more),
    ]);
  }
}

if (import.meta.main) {
  const picked = rows.filter(({ name }) =>
    Deno.args.length === 0 || Deno.args.some((part) => name.includes(part))
  );
  if (Deno.env.has("BENCH_ROWS")) {
    await measureRatios(picked);
    Deno.exit();
  }
  const width = Math.max(...picked.map(({ name }) => name.length));
  const sizes = ["10³", "10⁴", "10⁵", "10⁶", "10⁷"].map((size) => size.padStart(9));
  console.log("ns for one of so many".padEnd(width) + sizes.join(""));
  let worse = 0;
  for (const row of picked) {
    const figures = await measure(row);
    const marked = isWorse(figures);
    if (marked) worse++;
    const shown = figures.map((figure) => figure.toFixed(0).padStart(9)).join("");
    console.log(row.name.padEnd(width) + shown + (marked ? "   worse than linear" : ""));
  }
  console.log(`\n${worse} of ${picked.length} rows grow worse than linear`);
}
