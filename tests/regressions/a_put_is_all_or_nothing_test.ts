/** A put, a send or a notification that is cancelled, times out or fails has done nothing, or has succeeded. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { virtually } from "../support/virtual_run.ts";

const bodies = {
  "async function": (work: () => aio.Eventual<void>) => async () => await work(),
  generator: (work: () => aio.Eventual<void>) =>
    function* () {
      yield* work();
    },
};

for (const [kind, body] of Object.entries(bodies)) {
  Deno.test(
    `a put that is cancelled as room comes has put, or not (${kind})`,
    virtually(async () => {
      for (const make of [aio.Queue, aio.LifoQueue, aio.PriorityQueue]) {
        const queue = new make<number>(1);
        queue.putNowait(1);
        const task = aio.createTask(body(() => queue.put(2)));
        await aio.sleep(1);
        queue.getNowait();
        task.cancel();
        const put = await task.then(() => 1, () => 0);
        assertEquals(queue.qsize(), put, make.name);
      }
      for (const capacity of [0, 1]) {
        const [sender, receiver] = aio.openChannel<number>(capacity);
        if (capacity === 1) sender.trySend(1);
        const task = aio.createTask(body(() => sender.send(2)));
        await aio.sleep(1);
        const got = [receiver.tryReceive()];
        task.cancel();
        const sent = await task.then(() => 1, () => 0);
        got.push(receiver.tryReceive());
        assertEquals(got.filter((item) => item === 2).length, sent, `channel(${capacity})`);
      }
    }),
  );
}

Deno.test(
  "a cancel that comes after a put was let in comes at the next wait",
  virtually(async () => {
    const queue = new aio.Queue<number>(1);
    queue.putNowait(1);
    const seen: string[] = [];
    const task = aio.createTask(async () => {
      await queue.put(2);
      seen.push("put");
      await aio.sleep(1000);
      seen.push("slept");
    });
    await aio.sleep(1);
    queue.getNowait();
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    assertEquals([seen, queue.qsize()], [["put"], 1]);
  }),
);

Deno.test(
  "a notification of one that is cancelled while it takes its lock again goes to the next",
  virtually(async () => {
    const condition = new aio.Condition();
    const woken: number[] = [];
    const waiter = (n: number) =>
      aio.createTask(async () => {
        using _held = await condition.acquire();
        await condition.wait();
        woken.push(n);
      });
    const [first, second] = [waiter(1), waiter(2)];
    await aio.sleep(1);
    {
      using _held = await condition.acquire();
      condition.notify();
      await aio.sleep(1);
      first.cancel();
      await aio.sleep(1);
    }
    await second;
    await assertRejects(async () => await first, aio.CancelledError);
    assertEquals([woken, condition.locked()], [[2], false]);
  }),
);

Deno.test(
  "a closed end of a channel delivers nothing and receives nothing",
  virtually(async () => {
    const [sender, receiver] = aio.openChannel<string>();
    const other = receiver.clone();
    const wait = assertRejects(async () => await receiver.receive(), aio.InvalidStateError);
    await aio.sleep(0);
    receiver.close();
    await wait;
    assertEquals(sender.trySend("to nobody"), false);
    const send = assertRejects(async () => await sender.send("from nobody"), aio.InvalidStateError);
    await aio.sleep(0);
    const second = sender.clone();
    sender.close();
    await send;
    assertEquals(other.tryReceive(), undefined);
    second.close();
    assertThrows(() => other.tryReceive(), aio.EOFError);
  }),
);

Deno.test(
  "Barrier.reset() sends away those of its round only",
  virtually(async () => {
    const barrier = new aio.Barrier(3);
    let left = 0, broken = 0;
    await aio.gather(...[1, 2, 3].map(() => async () => {
      await barrier.wait();
      if (++left === 3) await barrier.reset();
      await barrier.wait().catch(() => broken++);
    }));
    assertEquals([broken, barrier.nWaiting, barrier.broken], [0, 0, false]);
  }),
);

Deno.test(
  "shutdown({ immediate: true }) counts what it threw away, and join() waits for the rest",
  virtually(async () => {
    const queue = new aio.Queue<number>();
    for (const item of [1, 2, 3]) queue.putNowait(item);
    queue.getNowait();
    queue.shutdown({ immediate: true });
    assertEquals(queue.statistics().unfinished, 1);
    assertEquals(await queue.join({ timeout: 1 }), false);
    queue.taskDone();
    assertEquals(await queue.join({ timeout: 1 }), true);
  }),
);

Deno.test(
  "a larger maxsize lets those in that wait to put; no bound lets all in",
  virtually(async () => {
    const queue = new aio.Queue<number>(1);
    const puts = [0, 1, 2, 3].map((n) => queue.put(n));
    queue.maxsize = 3;
    assertEquals([queue.qsize(), queue.full(), queue.statistics().waitingToPut], [3, true, 1]);
    queue.maxsize = 0;
    await Promise.all(puts);
    assertEquals([queue.qsize(), queue.full()], [4, false]);
    assertThrows(() => queue.maxsize = NaN, TypeError);
  }),
);

Deno.test(
  "gevent: a put of a greenlet that is killed as room comes has put, or not",
  virtually(async () => {
    const { Channel, LifoQueue, PriorityQueue, Queue } = gevent.queue;
    for (const make of [Queue, LifoQueue, PriorityQueue, Channel]) {
      const queue = new make<number>(1);
      if (make !== Channel) queue.put(1);
      const greenlet = gevent.spawn(async () => {
        await queue.put(2);
        return "put";
      });
      await gevent.sleep(1);
      const got = queue.getNowait();
      greenlet.throw();
      await greenlet.join();
      const there = queue.qsize() + Number(got === 2);
      assertEquals(there, greenlet.value === "put" ? 1 : 0, make.name);
    }
  }),
);

Deno.test(
  "gevent: a larger maxsize lets those in that wait to put, a shutdown ends all waits",
  virtually(async () => {
    const queue = new gevent.queue.Queue<number>(1);
    const puts = [0, 1, 2].map((n) => queue.put(n));
    queue.maxsize = 2;
    await gevent.sleep(0);
    assertEquals([queue.qsize(), puts.map((put) => put.done())], [2, [true, true, false]]);
    queue.shutdown();
    await assertRejects(async () => await puts[2], gevent.ShutDownError);
    assertEquals([await queue.get(), await queue.get()], [0, 1]);
    await assertRejects(async () => await queue.get(), gevent.ShutDownError);
    assertEquals([queue.unfinishedTasks, await queue.join(1)], [2, false]);
    queue.taskDone();
    queue.taskDone();
    assertEquals(await queue.join(), true);
  }),
);
