/** What cannot cross fails alone: neither the items before it nor the other calls of its chunk go with it. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  BrokenExecutorError,
  currentSignal,
  portable,
  ThreadPoolExecutor,
  TransferError,
} from "@quartet/concurrency/futures";
import { Pool } from "@quartet/concurrency/multiprocessing";
import { until } from "@quartet/concurrency/testing";
import { Value } from "@quartet/concurrency/threading";
import { testEachExecutor } from "../support/each_executor.ts";

const work = portable(import.meta, {
  *itemsWithOneBad(cleaned: Value): Generator<unknown> {
    try {
      yield 1;
      yield 2;
      yield () => 3;
      yield 4;
    } finally {
      cleaned.set(1);
    }
  },
  async *itemsWithOneBadLater(cleaned: Value): AsyncGenerator<unknown> {
    try {
      for (const item of [1, 2, () => 3, 4]) {
        await Promise.resolve();
        yield item;
      }
    } finally {
      cleaned.set(1);
    }
  },
  countAndGive(counter: Value, n: number): number {
    counter.add(1);
    return n;
  },
  give(input: unknown): unknown {
    return typeof input === "number" ? input : "other";
  },
  countUntilAborted(begun: Value): Promise<void> {
    begun.add(1);
    const signal = currentSignal();
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  },
  dieOn(n: number): number {
    if (n === 3) Deno.exit(7);
    return n;
  },
});

const remote = ["ThreadPoolExecutor", "ProcessPoolExecutor"];

for (const name of ["itemsWithOneBad", "itemsWithOneBadLater"] as const) {
  testEachExecutor(
    `the items before one that cannot cross arrive, and the generator cleans up (${name})`,
    async (executor) => {
      const cleaned = new Value();
      const got: unknown[] = [];
      const items = executor.stream(work[name], cleaned);
      await assertRejects(async () => {
        for await (const item of items) got.push(item);
      }, TransferError);
      assertEquals(got, [1, 2]);
      assertEquals(cleaned.get(), 1);
      assertEquals((await items.next()).done, true);
    },
    { names: ["ThreadPoolExecutor"] },
  );
}

testEachExecutor("calls of a chunk whose arguments cross run, once each", async (executor) => {
  const inputs = [0, 1, () => 2, 3];
  const got: unknown[] = [];
  const results = executor.map(work.give, inputs, { chunkSize: 4 });
  await assertRejects(async () => {
    for await (const result of results) got.push(result);
  }, TransferError);
  assertEquals(got, [0, 1]);
}, { names: remote });

Deno.test("a chunk that was sent row by row runs each call once", async () => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const counter = new Value();
  const inputs = [0, 1, () => 2, 3] as number[];
  const results = executor.map(work.countAndGive, Array(4).fill(counter), inputs, { chunkSize: 4 });
  assertEquals([(await results.next()).value, (await results.next()).value], [0, 1]);
  await assertRejects(() => results.next(), TransferError);
  await executor.shutdown();
  assertEquals(counter.get(), 3);
});

Deno.test("Pool.imap() and map(): an input that cannot cross fails alone", async () => {
  await using pool = new Pool(1);
  const inputs = [0, 1, () => 2, 3];
  const got: unknown[] = [];
  const results = pool.imap(work.give, inputs, 4);
  for (let n = 0; n < 4; n++) {
    got.push(await results.next().then(({ value }) => value, (error) => error.name));
  }
  assertEquals(got, [0, 1, "TransferError", 3]);
  assertEquals((await results.next()).done, true);
  await assertRejects(() => pool.map(work.give, inputs, 4), TransferError);
  assertEquals(await pool.map(work.give, [4, 5], 2), [4, 5]);
});

Deno.test("Pool.imap(): a process that dies takes its chunk, and no other", async () => {
  await using pool = new Pool(1);
  const results = pool.imap(work.dieOn, [0, 1, 2, 3, 4, 5], 2);
  const got: unknown[] = [];
  for (let n = 0; n < 6; n++) {
    got.push(await results.next().then(({ value }) => value, (error) => error.constructor));
  }
  assertEquals(got, [0, 1, BrokenExecutorError, BrokenExecutorError, 4, 5]);
});

Deno.test("a result of a chunk that cannot cross fails alone", async () => {
  const odd = (n: number): unknown => n === 2 ? () => n : n;
  await using pool = new Pool(1);
  const got: unknown[] = [];
  const results = pool.imap(odd, [0, 1, 2, 3], 4);
  for (let n = 0; n < 4; n++) {
    got.push(await results.next().then(({ value }) => value, (error) => error.name));
  }
  assertEquals(got, [0, 1, "TransferError", 3]);
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const before: unknown[] = [];
  await assertRejects(async () => {
    for await (const n of executor.map(odd, [0, 1, 2, 3], { chunkSize: 4 })) before.push(n);
  }, TransferError);
  assertEquals(before, [0, 1]);
});

testEachExecutor(
  "the calls of a chunk that were not begun when it is stopped never are",
  async (executor) => {
    const begun = new Value();
    const controller = new AbortController();
    const { signal } = controller;
    const inputs = Array(5).fill(begun);
    const results = executor.map(work.countUntilAborted, inputs, { chunkSize: 5, signal });
    await until(() => begun.get() === 1);
    controller.abort(new Error("enough"));
    await assertRejects(() => results.next(), Error, "enough");
    await executor.onIdle();
    assertEquals(begun.get(), 1);
  },
  { names: ["AsyncExecutor", "ThreadPoolExecutor"], width: 1 },
);
