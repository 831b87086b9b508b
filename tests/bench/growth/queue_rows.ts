/** Many items of one queue, and many jobs of one executor. */
import { PriorityQueue, Queue } from "../../../src/asyncio/mod.ts";
import * as futures from "../../../src/futures/mod.ts";
import * as threadQueue from "../../../src/queue/mod.ts";
import { jobs as work } from "../support/jobs.ts";
import { type Growth, inLoop, numbers, shuffled, timed } from "./growth.ts";

/** So many priorities the jobs have that have several. */
const PRIORITIES = 1000;

/** Jobs that are done. */
function jobs(
  name: string,
  make: () => futures.Executor,
  to: number,
  priorityOf?: (index: number) => number,
): Growth {
  return {
    name: `jobs, ${name}`,
    to,
    async take(count) {
      await using pool = make();
      await pool.ready();
      const submit = priorityOf === undefined
        ? () => pool.submit(work.nothing)
        : (i: number) => pool.submitWith({ priority: priorityOf(i) }, work.nothing);
      return await timed(() => Promise.all(numbers(count).map(submit)));
    },
  };
}

/** Jobs that are cancelled while they wait, in any order. */
const cancelledJobs: Growth = {
  name: "jobs, threads, cancelled in any order",
  to: 5,
  async take(count) {
    await using pool = new futures.ThreadPoolExecutor({ maxWorkers: 1 });
    await pool.ready();
    const all = numbers(count).map(() => pool.submit(work.nothing));
    const settled = Promise.allSettled(all);
    return await timed(() => {
      for (const each of shuffled([...all])) each.cancel();
      return settled;
    });
  },
};

const inLine = (): futures.Executor => new futures.SyncExecutor();
const asTasks = (): futures.Executor => new futures.AsyncExecutor();
const onThreads = (): futures.Executor => new futures.ThreadPoolExecutor({ maxWorkers: 2 });
const inProcesses = (): futures.Executor => new futures.ProcessPoolExecutor({ maxWorkers: 2 });

/** See the head of this file. */
export const queueRows: readonly Growth[] = [
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
    to: 7,
    take: (count) => {
      const queue = new threadQueue.Queue<number>();
      return timed(() => {
        for (let i = 0; i < count; i++) queue.putSync(i);
        for (let i = 0; i < count; i++) queue.getSync();
      });
    },
  },
  jobs("in line", inLine, 6),
  jobs("async", asTasks, 6),
  jobs("threads", onThreads, 6),
  jobs("processes", inProcesses, 6),
  jobs("async, of one priority", asTasks, 5, () => 7),
  jobs("async, of 1,000 priorities", asTasks, 5, (i) => i % PRIORITIES),
  jobs("threads, of one priority", onThreads, 5, () => 7),
  jobs("threads, of 1,000 priorities", onThreads, 5, (i) => i % PRIORITIES),
  cancelledJobs,
];
