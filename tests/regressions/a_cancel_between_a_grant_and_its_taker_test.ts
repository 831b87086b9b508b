/** A cancel that comes between a grant and the body that asked for it, at each turn of the microtasks in between, loses nothing. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import * as queues from "../../src/queue/mod.ts";

/** More turns than any of the ways below takes. */
const TURNS = 60;

type Take = (queue: queues.Queue<number>) => PromiseLike<number>;
/** Starts work, and returns what stops it and waits for its end. */
type Start = (work: () => Promise<void>) => () => Promise<unknown>;

const TAKES: Record<string, Take> = {
  "a wait": (queue) => queue.get(),
  "a task of the wait": (queue) => aio.createTask(queue.get()),
  "waitFor()": (queue) => aio.waitFor(queue.get(), 10_000),
  "waitFor() of waitFor()": (queue) => aio.waitFor(aio.waitFor(queue.get(), 10_000), 10_000),
  "race()": (queue) => aio.race(queue.get(), aio.sleep(10_000, -1)),
  "gather() in a task": (queue) =>
    aio.createTask(async () => (await aio.gather(queue.get(), aio.sleep(0)))[0]),
  "timeout()": (queue) => aio.timeout(10_000, async () => await queue.get()),
};

const STARTS: Record<string, Start> = {
  "a task": (work) => {
    const task = aio.createTask(work);
    return () => {
      task.cancel();
      return aio.wait([task]);
    };
  },
  "a greenlet": (work) => {
    const greenlet = gevent.spawn(work);
    return () => {
      greenlet.throw();
      return greenlet.join();
    };
  },
};

for (const [taking, take] of Object.entries(TAKES)) {
  for (const [starting, start] of Object.entries(STARTS)) {
    Deno.test(`an item is taken or is still there when ${starting} is cancelled that waits by ${taking}`, async () => {
      for (let turns = 0; turns < TURNS; turns++) {
        await aio.run(async () => {
          const queue = new queues.Queue<number>();
          const got: number[] = [];
          const stop = start(async () => void got.push(await take(queue)));
          await aio.sleep(1);
          queue.putSync(7);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          await stop();
          const left = queue.tryGet();
          assertEquals([...got, ...left === undefined ? [] : [left]], [7], `after ${turns} turns`);
        });
      }
    });
  }
}
