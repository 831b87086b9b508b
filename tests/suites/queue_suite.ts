/**
 * What every queue promises, whoever implements it: queue, asyncio, multiprocessing.
 *
 * Whatever may be a promise is awaited.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { EmptyError, FullError, ShutDownError } from "../../src/core/errors.ts";
import { until } from "../support/until_waiting.ts";

type Maybe<T> = T | Promise<T>;
type Wait = { timeout?: number; signal?: AbortSignal };

/** The part of a queue that the suite looks at. */
export interface QueueUnderTest {
  put(item: unknown, options?: Wait): Promise<void>;
  tryPut(item: unknown): Maybe<boolean>;
  get(options?: Wait): Promise<unknown>;
  tryGet(): Maybe<unknown>;
  qsize(): Maybe<number>;
  empty(): Maybe<boolean>;
  full(): Maybe<boolean>;
  taskDone(): Maybe<void>;
  join(options?: Wait): Promise<void>;
  shutdown(options?: { immediate?: boolean }): Maybe<void>;
  statistics(): Maybe<{ readonly waitingToGet: number; readonly waitingToPut: number }>;
  [Symbol.asyncIterator](): AsyncIterator<unknown>;
}

/** Registers the tests for the queues that `make` makes. */
export function queueSuite(name: string, make: (maxsize?: number) => Maybe<QueueUnderTest>): void {
  const waiting = (queue: QueueUnderTest, key: "waitingToGet" | "waitingToPut", n: number) =>
    until(async () => (await queue.statistics())[key] === n, `${n} ${key}`);

  Deno.test(`${name}: items come out in the order in which they were put`, async () => {
    const queue = await make();
    for (const item of [111, 333, 222]) await queue.put(item);
    assertEquals([await queue.get(), await queue.get(), await queue.get()], [111, 333, 222]);
    assertEquals(await queue.empty(), true);
  });

  Deno.test(`${name}: a full queue refuses, and throws FullError when the timeout passes`, async () => {
    const queue = await make(2);
    await queue.put(1);
    assertEquals([await queue.full(), await queue.qsize()], [false, 1]);
    assertEquals(await queue.tryPut(2), true);
    assertEquals([await queue.full(), await queue.qsize()], [true, 2]);
    assertEquals(await queue.tryPut(3), false);
    await assertRejects(() => queue.put(3, { timeout: 2 }), FullError);
    await assertRejects(() => queue.put(3, { timeout: 0 }), FullError);
    assertEquals([await queue.get(), await queue.get()], [1, 2]);
  });

  Deno.test(`${name}: an empty queue gives undefined, and throws EmptyError when the timeout passes`, async () => {
    const queue = await make();
    assertEquals(await queue.tryGet(), undefined);
    await assertRejects(() => queue.get({ timeout: 2 }), EmptyError);
    await assertRejects(() => queue.get({ timeout: 0 }), EmptyError);
    await assertRejects(() => queue.get({ timeout: -1 }), EmptyError);
    await assertRejects(() => queue.get({ timeout: NaN }), RangeError);
    await assertRejects(() => queue.put(1, { timeout: NaN }), RangeError);
    assertEquals(await queue.qsize(), 0);
  });

  Deno.test(`${name}: no bound or a negative one is never full`, async () => {
    for (const queue of [await make(), await make(0), await make(-3)]) {
      for (let i = 0; i < 100; i++) assertEquals(await queue.tryPut(i), true);
      assertEquals([await queue.full(), await queue.qsize()], [false, 100]);
    }
  });

  Deno.test(`${name}: a waiting put goes on after one get, a waiting get after one put`, async () => {
    const queue = await make(1);
    await queue.put("a");
    const put = queue.put("b");
    await waiting(queue, "waitingToPut", 1);
    assertEquals(await queue.get(), "a");
    await put;
    assertEquals(await queue.get(), "b");
    const get = queue.get();
    await waiting(queue, "waitingToGet", 1);
    await queue.put("c");
    assertEquals(await get, "c");
  });

  Deno.test(`${name}: an aborted wait rejects with the reason and takes nothing`, async () => {
    const queue = await make(1);
    const controller = new AbortController();
    const get = queue.get({ signal: controller.signal });
    await waiting(queue, "waitingToGet", 1);
    controller.abort(new Error("enough"));
    await assertRejects(() => get, Error, "enough");
    await queue.put(1);
    const again = new AbortController();
    const put = queue.put(2, { signal: again.signal });
    await waiting(queue, "waitingToPut", 1);
    again.abort(new Error("enough"));
    await assertRejects(() => put, Error, "enough");
    assertEquals(await queue.get(), 1);
    assertEquals(await queue.qsize(), 0);
  });

  Deno.test(`${name}: no item is lost when its getter aborts in the moment it comes`, async () => {
    for (let i = 0; i < 20; i++) {
      const queue = await make();
      const controller = new AbortController();
      const first = queue.get({ signal: controller.signal });
      await waiting(queue, "waitingToGet", 1);
      const second = queue.get();
      await waiting(queue, "waitingToGet", 2);
      const put = queue.put("item");
      controller.abort(new Error("enough"));
      await put;
      const got = await first.catch((error: Error) => error.message);
      if (got === "item") await queue.put("item");
      assertEquals(await second, "item");
    }
  });

  Deno.test(`${name}: join() waits until every item is marked as done`, async () => {
    const queue = await make();
    await queue.join();
    await queue.put(1);
    await queue.put(2);
    let joined = false;
    const join = queue.join().then(() => joined = true);
    await queue.get();
    await queue.taskDone();
    await queue.get();
    await new Promise((resolve) => setTimeout(resolve, 2));
    assertEquals(joined, false);
    await queue.taskDone();
    await join;
    await assertRejects(async () => await queue.taskDone(), RangeError, "too many times");
  });

  Deno.test(`${name}: shutdown() refuses puts, and gets once it is empty`, async () => {
    const queue = await make();
    await queue.put(1);
    await queue.put(2);
    await queue.shutdown();
    await queue.shutdown();
    await assertRejects(() => queue.put(3), ShutDownError);
    await assertRejects(async () => await queue.tryPut(3), ShutDownError);
    assertEquals([await queue.get(), await queue.tryGet()], [1, 2]);
    await assertRejects(() => queue.get(), ShutDownError);
    await assertRejects(async () => await queue.tryGet(), ShutDownError);
  });

  Deno.test(`${name}: shutdown() wakes the waiters to get and to put`, async () => {
    const empty = await make();
    const get = empty.get();
    await waiting(empty, "waitingToGet", 1);
    await empty.shutdown();
    await assertRejects(() => get, ShutDownError);
    const full = await make(1);
    await full.put(1);
    const put = full.put(2);
    await waiting(full, "waitingToPut", 1);
    await full.shutdown();
    await assertRejects(() => put, ShutDownError);
    assertEquals(await full.get(), 1);
  });

  Deno.test(`${name}: shutdown() does not end join() before the rest is done; immediate does`, async () => {
    const queue = await make();
    await queue.put(1);
    await queue.put(2);
    let joined = false;
    const join = queue.join().then(() => joined = true);
    await queue.shutdown();
    await new Promise((resolve) => setTimeout(resolve, 2));
    assertEquals(joined, false);
    await queue.shutdown({ immediate: true });
    await join;
    assertEquals(await queue.qsize(), 0);
    await assertRejects(() => queue.get(), ShutDownError);
    await assertRejects(async () => await queue.taskDone(), RangeError);
  });

  Deno.test(`${name}: iteration ends when the queue is shut down and empty`, async () => {
    const queue = await make();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const item of queue) seen.push(item);
    })();
    for (let i = 0; i < 5; i++) await queue.put(i);
    await queue.shutdown();
    await reading;
    assertEquals(seen, [0, 1, 2, 3, 4]);
  });

  Deno.test(`${name}: every item of four putters is got once by three getters, in each putter's order`, async () => {
    const queue = await make(7);
    const got: [number, number][] = [];
    const getters = [1, 2, 3].map(async () => {
      for await (const item of queue) got.push(item as [number, number]);
    });
    await Promise.all([0, 1, 2, 3].map(async (putter) => {
      for (let i = 0; i < 100; i++) await queue.put([putter, i]);
    }));
    await queue.shutdown();
    await Promise.all(getters);
    assertEquals(got.length, 400);
    for (const putter of [0, 1, 2, 3]) {
      const items = got.filter(([who]) => who === putter).map(([, i]) => i);
      assertEquals(items.toSorted((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i));
    }
    assert(true);
  });
}
