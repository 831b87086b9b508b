import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  EmptyError,
  FullError,
  InvalidStateError,
  ShutDownError,
  TransferError,
} from "../../../src/core/errors.ts";
import { JoinableQueue, Process, Queue, SimpleQueue } from "../../../src/multiprocessing/mod.ts";
import { queueSuite } from "../../suites/queue_suite.ts";
import { servedQueue } from "../../support/served_queue.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

queueSuite("multiprocessing.JoinableQueue", (maxsize) => new JoinableQueue(maxsize));
queueSuite(
  "a served multiprocessing.JoinableQueue",
  (maxsize) => servedQueue(JoinableQueue, maxsize),
);

Deno.test("Queue gives items in order, bounded by its size", async () => {
  const queue = new Queue<number>(2);
  await queue.put(1);
  assertEquals(await queue.tryPut(2), true);
  assertEquals([await queue.full(), await queue.qsize(), await queue.empty()], [true, 2, false]);
  assertEquals(await queue.tryPut(3), false);
  await assertRejects(() => queue.put(3, { timeout: 2 }), FullError);
  assertEquals([await queue.get(), await queue.get()], [1, 2]);
  assertEquals(await queue.tryGet(), undefined);
  await assertRejects(() => queue.get({ timeout: 2 }), EmptyError);
  assertThrows(() => new Queue(1.5), RangeError);
});

Deno.test("Queue gives a place and an item to the longest waiter", async () => {
  const queue = new Queue<number>(1);
  await queue.put(0);
  const putting = [1, 2, 3].map((n) => queue.put(n));
  await until(async () => (await queue.statistics()).waitingToPut === 3, "three wait to put");
  assertEquals([await queue.get(), await queue.get(), await queue.get(), await queue.get()], [
    0,
    1,
    2,
    3,
  ]);
  await Promise.all(putting);
  const getting = [queue.get(), queue.get()];
  await queue.put(8);
  await queue.put(9);
  assertEquals(await Promise.all(getting), [8, 9]);
});

Deno.test("Queue copies its items and refuses what cannot cross", async () => {
  const queue = new Queue<unknown>();
  const item = { list: [1] };
  await queue.put(item);
  item.list.push(2);
  assertEquals(await queue.get(), { list: [1] });
  await assertRejects(() => queue.put(() => 1), TransferError);
  await assertRejects(() => queue.put(new SharedArrayBuffer(8)), TransferError);
  assertEquals(await queue.qsize(), 0);
});

Deno.test("Queue is worked on by several processes until it is shut down", async () => {
  const queue = new Queue<number>(4);
  const results = new Queue<[number, number]>();
  const children = [1, 2].map(() =>
    new Process({ target: targets.consume, args: [queue, results] }).start()
  );
  for (let i = 0; i < 60; i++) await queue.put(i);
  await queue.shutdown();
  const got: number[] = [];
  for (let i = 0; i < 60; i++) got.push((await results.get())[0]);
  assertEquals(got.sort((a, b) => a - b), Array.from({ length: 60 }, (_, i) => i));
  await Promise.all(children.map((child) => child.result));
  await Promise.all(children.map((child) => child.join()));
});

Deno.test("Queue.shutdown() leaves the items, and none with immediate", async () => {
  const queue = new JoinableQueue<number>();
  await queue.put(1);
  await queue.shutdown();
  await assertRejects(() => queue.put(2), ShutDownError);
  assertEquals(await queue.get(), 1);
  await assertRejects(() => queue.get({ timeout: 0 }), ShutDownError);
  const dropped = new JoinableQueue<number>();
  await dropped.put(1);
  const joined = dropped.join();
  const empty = new Queue();
  const waiting = empty.get();
  await dropped.shutdown({ immediate: true });
  await empty.shutdown();
  await joined;
  assertEquals(await dropped.qsize(), 0);
  await assertRejects(() => dropped.taskDone(), RangeError);
  await assertRejects(() => waiting, ShutDownError);
});

Deno.test("JoinableQueue.join() waits until each item is reported done", async () => {
  const queue = new JoinableQueue<number>();
  await queue.put(1);
  await queue.put(2);
  let joined = false;
  const joining = queue.join().then(() => joined = true);
  await using child = new Process({ target: targets.finishAll, args: [queue, 2] }).start();
  assertEquals(joined, false);
  await joining;
  await child.result;
  await assertRejects(() => queue.taskDone(), RangeError);
});

Deno.test("Queue that this process has closed takes nothing from it", async () => {
  const queue = new Queue();
  queue.close();
  await assertRejects(() => queue.put(1), InvalidStateError, "closed");
  await queue.joinThread();
});

Deno.test("SimpleQueue carries what it is given", async () => {
  const queue = new SimpleQueue<unknown>();
  await queue.put(new Map([["a", 1]]));
  assertEquals(await queue.empty(), false);
  assertEquals(await queue.get(), new Map([["a", 1]]));
  assert(await queue.empty());
});

Deno.test("an item that a killed process was waiting for goes to the next", async () => {
  const queue = new Queue<number>();
  const results = new Queue<[number, number]>();
  const child = new Process({ target: targets.consume, args: [queue, results] }).start();
  await until(async () => (await queue.statistics()).waitingToGet === 1, "the child waits");
  child.kill();
  await child.join();
  await queue.put(1);
  assertEquals(await queue.get(), 1);
});
