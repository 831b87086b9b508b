import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as gevent from "../../../src/gevent/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const { queue, sleep, spawn } = gevent;

/** Every kind keeps these promises. */
const kinds = {
  Queue: queue.Queue,
  JoinableQueue: queue.JoinableQueue,
  LifoQueue: queue.LifoQueue,
  PriorityQueue: queue.PriorityQueue,
};

for (const [name, Kind] of Object.entries(kinds)) {
  Deno.test(`${name}.get() waits for an item, put() for room`, async () => {
    using clock = new VirtualClock();
    const q = new Kind<number>(1);
    const putter = spawn(function* () {
      for (const n of [1, 2, 3]) {
        yield* sleep(10);
        yield* q.put(n);
      }
      return clock.now();
    });
    assertEquals([await q.get(), clock.now()], [1, 10]);
    await sleep(40);
    assertEquals(q.statistics(), { size: 1, maxsize: 1, waitingToGet: 0, waitingToPut: 1 });
    assertEquals([q.full(), q.empty(), q.qsize()], [true, false, 1]);
    assertEquals([await q.get(), await q.get()], [2, 3]);
    assertEquals(await putter.get(), 50);
  });

  Deno.test(`${name} serves the waiters first come, first served`, async () => {
    using _clock = new VirtualClock();
    const q = new Kind<number>();
    const log: string[] = [];
    const getters = ["a", "b", "c"].map((name) =>
      spawn(async () => log.push(`${name}${await q.get()}`))
    );
    await sleep(1);
    for (const n of [1, 2, 3]) q.putNowait(n);
    await gevent.joinall(getters);
    assertEquals(log, ["a1", "b2", "c3"]);
  });

  Deno.test(`${name} throws Empty and Full when the timeout has passed`, async () => {
    using clock = new VirtualClock();
    const q = new Kind<number>(1);
    await assertRejects(async () => await q.get({ timeout: 10 }), queue.Empty);
    await assertRejects(async () => await q.peek(10), queue.Empty);
    await assertRejects(async () => await q.get({ block: false }), queue.Empty);
    assertThrows(() => q.getNowait(), queue.Empty);
    assertThrows(() => q.peekNowait(), queue.Empty);
    assertEquals([q.tryGet(), q.tryPut(1), q.tryPut(2)], [undefined, true, false]);
    await assertRejects(async () => await q.put(2, 10), queue.Full);
    await assertRejects(async () => await q.put(2, { block: false }), queue.Full);
    assertThrows(() => q.putNowait(2), queue.Full);
    assertEquals([clock.now(), q.statistics().waitingToPut], [30, 0]);
  });

  Deno.test(`${name} loses no item when a greenlet is killed between being served and running`, async () => {
    using _clock = new VirtualClock();
    const q = new Kind<number>();
    const first = spawn(() => q.get()), second = spawn(() => q.get());
    await sleep(1);
    q.putNowait(1);
    void first.kill();
    assertEquals(await second.get(), 1);
    const third = spawn(() => q.get());
    await sleep(1);
    q.putNowait(2);
    void third.kill();
    await third.join();
    assertEquals([q.qsize(), q.getNowait()], [1, 2]);
  });

  Deno.test(`${name}.peek() looks and leaves, copy() gives the same items`, async () => {
    using _clock = new VirtualClock();
    const q = new Kind<number>();
    const peeking = spawn(() => q.peek());
    gevent.spawnLater(10, () => q.putNowait(5));
    assertEquals([await peeking.get(), await q.peek(), q.peekNowait(), q.qsize()], [5, 5, 5, 1]);
    q.putNowait(4);
    const copy = q.copy();
    const copied = [copy.getNowait(), copy.getNowait()];
    assertEquals([q.qsize(), copied], [2, [q.getNowait(), q.getNowait()]]);
  });

  Deno.test(`${name} ends a loop at StopIteration`, async () => {
    const q = new Kind<number>();
    for (const n of [1, 1, 1]) q.putNowait(n);
    const got: number[] = [];
    const reader = spawn(async () => {
      for await (const item of q) got.push(item);
    });
    await gevent.idle();
    q.putNowait(queue.StopIteration);
    await reader.get();
    assertEquals(got, [1, 1, 1]);
  });
}

Deno.test("queues give items in their order", () => {
  const orders: [gevent.queue.Queue<number>, number[]][] = [
    [new queue.Queue(), [2, 3, 1]],
    [new queue.LifoQueue(), [1, 3, 2]],
    [new queue.PriorityQueue(), [1, 2, 3]],
  ];
  for (const [q, order] of orders) {
    for (const n of [2, 3, 1]) q.putNowait(n);
    assertEquals([q.getNowait(), q.getNowait(), q.getNowait()], order);
  }
});

Deno.test("PriorityQueue compares arrays place by place, and equal ones come as they were put", () => {
  const q = new queue.PriorityQueue<[number, unknown]>();
  const items: [number, unknown][] = [[2, { a: 1 }], [1, "b"], [2, { a: 0 }], [1, "a"]];
  for (const item of items) q.putNowait(item);
  const order = items.map(() => items.indexOf(q.getNowait()));
  assertEquals(order, [3, 1, 0, 2]);
});

Deno.test("JoinableQueue.join() waits until all is done", async () => {
  using clock = new VirtualClock();
  const q = new queue.JoinableQueue<number>();
  assertEquals(await q.join(), true);
  for (const n of [10, 20]) q.putNowait(n);
  const worker = spawn(async () => {
    for await (const n of q) {
      await sleep(n);
      q.taskDone();
    }
  });
  assertEquals([await q.join(15), q.unfinishedTasks], [false, 1]);
  assertEquals([await q.join(), clock.now()], [true, 30]);
  assertThrows(() => q.taskDone(), RangeError, "taskDone");
  await worker.kill();
});

Deno.test("Channel.put() waits until somebody takes the item", async () => {
  using clock = new VirtualClock();
  const channel = new queue.Channel<string>();
  assertEquals([channel.empty(), channel.full(), channel.tryPut("x")], [true, true, false]);
  const giver = spawn(async () => {
    await channel.put("a");
    return clock.now();
  });
  await sleep(10);
  assertEquals(giver.dead, false);
  assertEquals([await channel.get(), await giver.get()], ["a", 10]);
  await assertRejects(async () => await channel.put("b", 5), queue.Full);
  const taker = spawn(() => channel.get());
  await sleep(1);
  assertEquals(channel.tryPut("c"), true);
  assertEquals(await taker.get(), "c");
});
