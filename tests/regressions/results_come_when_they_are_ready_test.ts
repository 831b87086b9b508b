/** A result that is there waits neither for the next input nor for a chunk to be full. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { amap, Queue } from "@quartet/concurrency/asyncio";
import { CancelledError, portable, ShutDownError } from "@quartet/concurrency/futures";
import { Pool } from "@quartet/concurrency/multiprocessing";
import { testEachExecutor } from "../support/each_executor.ts";

const pages = portable(import.meta, {
  links(page: number): number[] {
    return page < 5 ? [page + 1] : [];
  },
  same<T>(value: T): T {
    return value;
  },
});

/** Visits pages that are found on pages: each input comes from an earlier result. */
async function crawl(
  map: (pages: AsyncIterable<number>) => AsyncIterable<number[]>,
): Promise<number> {
  const todo = new Queue<number>();
  todo.tryPut(0);
  let open = 1, seen = 0;
  async function* inputs(): AsyncGenerator<number> {
    while (open > 0) yield await todo.get();
  }
  for await (const found of map(inputs())) {
    seen++;
    open += found.length - 1;
    for (const page of found) todo.tryPut(page);
    if (open === 0) break;
  }
  return seen;
}

for (const chunkSize of [1, 7]) {
  for (const ordered of [true, false]) {
    testEachExecutor(
      `inputs that come from results, chunkSize ${chunkSize}, ordered ${ordered}`,
      async (executor) => {
        const map = (inputs: AsyncIterable<number>): AsyncIterable<number[]> =>
          executor.map(pages.links, inputs, { chunkSize, ordered });
        assertEquals(await crawl(map), 6);
      },
    );
  }
}

for (const chunk of [1, 7]) {
  Deno.test(`Pool.imap() and imapUnordered(): inputs that come from results, chunk ${chunk}`, async () => {
    await using pool = new Pool({ processes: 1 });
    assertEquals(await crawl((inputs) => pool.imap(pages.links, inputs, chunk)), 6);
    assertEquals(await crawl((inputs) => pool.imapUnordered(pages.links, inputs, chunk)), 6);
  });
}

Deno.test("amap(): inputs that come from results", async () => {
  assertEquals(await crawl((inputs) => amap(pages.links, inputs, { concurrency: 4 })), 6);
  assertEquals(await crawl((inputs) => amap(pages.links, inputs)), 6);
});

testEachExecutor("chunks are full while inputs are there", async (executor) => {
  async function* quick(): AsyncGenerator<number> {
    for (let n = 0; n < 100; n++) {
      await Promise.resolve();
      yield n;
    }
  }
  const results = await Array.fromAsync(executor.map(pages.same, quick(), { chunkSize: 10 }));
  assertEquals(results, Array.from({ length: 100 }, (_, n) => n));
  assertEquals(executor.statistics().completed, 10);
});

testEachExecutor("inputs are taken in the call, as they are then", async (executor) => {
  const batch = [1, 2, 3];
  const results = executor.map(pages.same, batch);
  batch.length = 0;
  assertEquals(await Array.fromAsync(results), [1, 2, 3]);
});

testEachExecutor("inputs that fail are told after the results before them", async (executor) => {
  function* inputs(): Generator<number> {
    yield* [1, 2, 3];
    throw new RangeError("no more inputs");
  }
  for (const chunkSize of [1, 2]) {
    const got: number[] = [];
    await assertRejects(
      async () => {
        const map = executor.map(pages.same, inputs(), { chunkSize });
        for await (const result of map) got.push(result);
      },
      RangeError,
      "no more inputs",
    );
    assertEquals(got, [1, 2, 3]);
  }
});

testEachExecutor(
  "inputs whose clean-up fails tell it at break, not in place of another error",
  async (executor) => {
    function* inputs(): Generator<number> {
      try {
        for (let n = 0;; n++) yield n;
      } finally {
        // deno-lint-ignore no-unsafe-finally -- that is what is tried
        throw new TypeError("cannot clean up");
      }
    }
    await assertRejects(
      async () => {
        for await (const _ of executor.map(pages.same, inputs())) break;
      },
      TypeError,
      "cannot clean up",
    );
  },
);

testEachExecutor("a hundred thousand inputs", async (executor) => {
  let sum = 0;
  const inputs = { length: 100_000 };
  const map = executor.map(pages.same, Array.from(inputs, (_, n) => n), { chunkSize: 500 });
  for await (const n of map) sum += n;
  assertEquals(sum, 4_999_950_000);
});

Deno.test("Pool.close() lets calls over inputs finish, also those that were not sent yet", async () => {
  const pool = new Pool({ processes: 2 });
  const inputs = Array.from({ length: 50 }, (_, n) => n);
  const ordered = pool.imap(pages.same, inputs);
  const walkedAway = pool.imapUnordered(pages.same, inputs);
  const later = pool.mapAsync(
    pages.same,
    (async function* () {
      await Promise.resolve();
      yield* inputs;
    })(),
  );
  pool.close();
  assertEquals(await Array.fromAsync(ordered), inputs);
  assertEquals(await later.get(), inputs);
  await pool.join();
  assertEquals((await Array.fromAsync(walkedAway)).toSorted((a, b) => a - b), inputs);
  assert(pool.statistics().workers === 0);
});

Deno.test("Pool.terminate() ends the wait of join() although inputs were not sent", async () => {
  const pool = new Pool({ processes: 1 });
  const never = new Queue<number>();
  const results = pool.imap(pages.same, never);
  const reader = assertRejects(() => results.next(), CancelledError, "terminated");
  pool.close();
  pool.terminate();
  await pool.join();
  await reader;
  assertEquals(await results.next(), { done: true, value: undefined });
});

testEachExecutor("endless inputs that are late, and inputs that are none", async (executor) => {
  let closed = false, read = 0;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let n = 0;; n++) yield n;
    } finally {
      closed = true;
    }
  }
  const results = executor.map(pages.same, endless(), { ordered: false, chunkSize: 3 });
  for await (const _ of results) if (++read === 100) break;
  assertEquals([read, closed], [100, true]);
  const later = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(5) }) };
  const atOnce = { [Symbol.iterator]: () => ({ next: () => undefined }) };
  for (const inputs of [later, atOnce] as unknown as Iterable<number>[]) {
    const none = Array.fromAsync(executor.map(pages.same, inputs));
    await assertRejects(() => none, TypeError, "{ value, done }");
  }
});

testEachExecutor(
  "a map whose executor is shut down says so after what was sent",
  async (executor) => {
    const more = new Queue<number>();
    more.putNowait(1);
    const results = executor.map(pages.same, more);
    assertEquals((await results.next()).value, 1);
    await executor.shutdown();
    more.putNowait(2);
    await assertRejects(() => results.next(), ShutDownError);
    assertEquals((await results.next()).done, true);
  },
);
