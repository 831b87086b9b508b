/** Many tasks, greenlets and timers at once, and what takes all of them in one iterable. */
import {
  asCompleted,
  createTask,
  Future,
  gather,
  getRunningLoop,
  openChannel,
  race,
  sleep,
  type Task,
  TaskGroup,
  wait,
  waitFor,
} from "../../../src/asyncio/mod.ts";
import * as futures from "../../../src/futures/mod.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import { ends, type Growth, inLoop, numbers, shuffled, timed, waiting } from "./growth.ts";

const ONE = (): Promise<number> => Promise.resolve(1);
function* one(): Generator<unknown, number, unknown> {
  yield;
  return 1;
}

/** See the head of this file. */
export const taskRows: readonly Growth[] = [
  inLoop(
    "gather() of async functions",
    (count) => timed(() => gather(numbers(count).map(() => ONE))),
  ),
  inLoop("gather() of generators", (count) => timed(() => gather(numbers(count).map(one)))),
  inLoop("tasks in a group", (count) =>
    timed(() =>
      TaskGroup.run((group) => {
        for (let i = 0; i < count; i++) group.createTask(ONE);
      })
    )),
  inLoop("wait()", (count) => timed(() => wait(numbers(count).map(() => createTask(ONE))))),
  inLoop("asCompleted()", (count) =>
    timed(async () => {
      for await (const each of asCompleted(numbers(count).map(one))) await each;
    })),
  inLoop(
    "race()",
    (count) => timed(() => race(numbers(count).map((i) => () => sleep(i === 0 ? 1 : 1e6)))),
  ),
  inLoop(
    "waitFor()",
    (count) => timed(() => gather(numbers(count).map(() => () => waitFor(ONE, 1e6)))),
  ),
  {
    name: "wait() for an executor's futures",
    take: async (count) => {
      const all = numbers(count).map(() => new futures.Future<void>());
      return await timed(async () => {
        const waiting = futures.wait(all);
        for (const each of shuffled(all)) each.setResult();
        await waiting;
      });
    },
  },
  {
    name: "asCompleted() of an executor's futures",
    take: async (count) => {
      const all = numbers(count).map(() => new futures.Future<void>());
      return await timed(async () => {
        const coming = (async () => {
          for await (const each of futures.asCompleted(all)) await each;
        })();
        for (const each of shuffled([...all])) each.setResult();
        await coming;
      });
    },
  },
  {
    name: "greenlets, joinall()",
    take: (count) => timed(() => gevent.joinall(numbers(count).map(() => gevent.spawn(one)))),
  },
  {
    name: "greenlets, killall()",
    take: async (count) => {
      const greenlets = numbers(count).map(() => gevent.spawn(() => gevent.sleep(1e6)));
      await gevent.sleep(0);
      return await timed(() => gevent.killall(greenlets));
    },
  },
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
  }, 5),
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
      const timers = numbers(count).map((i) => loop.callLater(1e6 + i % 7, one));
      for (const timer of shuffled(timers)) timer.cancel();
    });
  }),
  inLoop("callbacks of one future, taken back", (count) => {
    const future = new Future<void>();
    const callbacks = numbers(count).map((i) => () => i);
    return timed(() => {
      for (const each of callbacks) future.addDoneCallback(each);
      for (const each of shuffled(callbacks)) future.removeDoneCallback(each);
    });
  }),
  inLoop("clones of a channel's end, closed while they wait", async (count) => {
    const [sender, receiver] = openChannel<number>();
    const clones = numbers(count).map(() => receiver.clone());
    const tasks = await waiting(count, (i) => clones[i]!.receive());
    const took = await timed(() => {
      for (const clone of shuffled(clones)) clone.close();
      return ends(tasks);
    });
    sender.close();
    receiver.close();
    return took;
  }, 5),
];
