/** The queues. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { bodies } from "../../suites/coroutine_bodies.ts";
import { virtually } from "../../support/virtual_run.ts";

function drain<T>(queue: aio.Queue<T>): T[] {
  const all: T[] = [];
  while (!queue.empty()) all.push(queue.getNowait());
  return all;
}

Deno.test("Queue, LifoQueue, PriorityQueue: their orders (259)", () => {
  for (
    const [queue, order] of [
      [new aio.Queue<number>(), [1, 3, 2]],
      [new aio.LifoQueue<number>(), [2, 3, 1]],
      [new aio.PriorityQueue<number>(), [1, 2, 3]],
    ] as const
  ) {
    for (const n of [1, 3, 2]) queue.putNowait(n);
    assertEquals(drain(queue), [...order]);
  }
});

Deno.test("PriorityQueue: [priority, item], an order of one's own, equals in the order of coming", () => {
  const pairs = new aio.PriorityQueue<[number, unknown]>();
  pairs.putNowait([1, { a: 1 }]);
  pairs.putNowait([0, "x"]);
  pairs.putNowait([1, { b: 1 }]);
  assertEquals(drain(pairs), [[0, "x"], [1, { a: 1 }], [1, { b: 1 }]]);
  const byLength = new aio.PriorityQueue<string>(0, { compare: (a, b) => a.length - b.length });
  for (const word of ["ccc", "a", "bb", "d"]) byLength.putNowait(word);
  assertEquals(drain(byLength), ["a", "d", "bb", "ccc"]);
  const wrong = new aio.PriorityQueue<object>();
  wrong.putNowait({});
  assertThrows(() => wrong.putNowait({}), TypeError, "Cannot order");
});

Deno.test("Queue: a bound that is no whole number counts up (261)", () => {
  const queue = new aio.Queue<number>(1.3);
  queue.putNowait(1);
  assert(!queue.full());
  queue.putNowait(2);
  assert(queue.full());
  assertThrows(() => queue.putNowait(3), aio.FullError);
  assert(!queue.tryPut(3));
  assertEquals([queue.tryGet(), queue.tryGet(), queue.tryGet()], [1, 2, undefined]);
  assertThrows(() => queue.getNowait(), aio.EmptyError);
});

for (const { name, returns, waits } of bodies) {
  Deno.test(
    `Queue: ${name}: getters are served in order, a full queue makes putters wait in order (262, 263)`,
    virtually(async () => {
      const queue = new aio.Queue<number>(1);
      const getters = [1, 2].map(() => aio.createTask(returns(() => queue.get())));
      await aio.sleep(1);
      assertEquals(queue.statistics().waitingToGet, 2);
      await queue.put(1);
      await queue.put(2);
      assertEquals(await aio.gather(...getters), [1, 2]);
      const putters = [3, 4, 5].map((n) => aio.createTask(waits(() => queue.put(n))));
      await aio.sleep(1);
      assertEquals([queue.qsize(), queue.statistics().waitingToPut], [1, 2]);
      assertEquals([await queue.get(), await queue.get(), await queue.get()], [3, 4, 5]);
      await aio.gather(...putters);
    }),
  );

  Deno.test(
    `Queue: ${name}: a getter cancelled after its item came loses none (264)`,
    virtually(async () => {
      const queue = new aio.Queue<number>();
      const [a, b] = [1, 2].map(() => aio.createTask(returns(() => queue.get())));
      await aio.sleep(1);
      queue.putNowait(7);
      a!.cancel();
      assertEquals(await b, 7);
      assert(a!.cancelled());
      const c = aio.createTask(returns(() => queue.get()));
      await aio.sleep(1);
      queue.putNowait(8);
      queue.putNowait(9);
      c.cancel();
      await aio.wait([c]);
      assertEquals(drain(queue), [8, 9]);
    }),
  );

  Deno.test(
    `Queue: ${name}: a cancelled putter puts nothing (265)`,
    virtually(async () => {
      const queue = new aio.Queue<number>(1);
      queue.putNowait(1);
      const [a, b] = [2, 3].map((n) => aio.createTask(waits(() => queue.put(n))));
      await aio.sleep(1);
      a!.cancel();
      await aio.wait([a!]);
      assertEquals([await queue.get(), await queue.get()], [1, 3]);
      await b;
    }),
  );
}

Deno.test(
  "Queue: taskDone() and join() (266)",
  virtually(async () => {
    const queue = new aio.Queue<number>();
    assertThrows(() => queue.taskDone(), RangeError, "called too many times");
    assertEquals(await queue.join(), true);
    queue.putNowait(1);
    queue.putNowait(2);
    assertEquals(await queue.join({ timeout: 1 }), false);
    const joined = aio.createTask(() => queue.join());
    await queue.get();
    queue.taskDone();
    await aio.sleep(1);
    assert(!joined.done());
    await queue.get();
    queue.taskDone();
    assert(await joined);
  }),
);

Deno.test(
  "Queue: a time that is over throws EmptyError and FullError",
  virtually(async () => {
    const queue = new aio.Queue<number>(1);
    await assertRejects(async () => await queue.get({ timeout: 5 }), aio.EmptyError);
    await queue.put(1);
    await assertRejects(async () => await queue.put(2, { timeout: 5 }), aio.FullError);
    await assertRejects(async () => await queue.put(2, { timeout: 0 }), aio.FullError);
    assertEquals(queue.qsize(), 1);
  }),
);

Deno.test(
  "Queue.shutdown(): what is in it can be got, then it is over, for all (268)",
  virtually(async () => {
    const queue = new aio.Queue<number>(1);
    queue.putNowait(1);
    const putter = aio.createTask(() => queue.put(2));
    await aio.sleep(1);
    queue.shutdown();
    await assertRejects(async () => await putter, aio.ShutDownError);
    await assertRejects(async () => await queue.put(3), aio.ShutDownError);
    assertThrows(() => queue.putNowait(3), aio.ShutDownError);
    assertEquals(await queue.get(), 1);
    await assertRejects(async () => await queue.get(), aio.ShutDownError);
    assertThrows(() => queue.tryGet(), aio.ShutDownError);
    const empty = new aio.Queue<number>();
    const getter = aio.createTask(() => empty.get());
    await aio.sleep(1);
    empty.shutdown();
    await assertRejects(async () => await getter, aio.ShutDownError);
  }),
);

Deno.test(
  "Queue.shutdown({ immediate }) drops what is in it and counts it as done (269)",
  virtually(async () => {
    const queue = new aio.Queue<number>();
    for (const n of [1, 2, 3]) queue.putNowait(n);
    await queue.get();
    const joined = aio.createTask(() => queue.join());
    queue.shutdown({ immediate: true });
    assert(queue.empty());
    await aio.sleep(1);
    assert(!joined.done());
    queue.taskDone();
    assert(await joined);
  }),
);

Deno.test(
  "Queue: `for await` ends at the shutdown",
  virtually(async () => {
    const queue = new aio.Queue<number>(1);
    aio.createTask(async () => {
      for (const n of [1, 2, 3]) await queue.put(n);
      queue.shutdown();
    });
    const seen: number[] = [];
    for await (const n of queue) seen.push(n);
    assertEquals(seen, [1, 2, 3]);
  }),
);
