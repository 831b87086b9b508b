/** What is done to an argument, a result or an item after it was handed over does not show on the other side. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { portable, reportProgress, TransferError } from "@quartet/concurrency/futures";
import { Pool } from "@quartet/concurrency/multiprocessing";
import { Thread } from "@quartet/concurrency/threading";
import { threadsGone } from "../support/threads_gone.ts";
import { testEachExecutor } from "../support/each_executor.ts";

const reused: number[] = [];
const bytes = new Uint8Array(100_000);

const jobs = portable(import.meta, {
  sum(numbers: number[]): number {
    return numbers.reduce((sum, each) => sum + each, 0);
  },
  same<T>(value: T): T {
    return value;
  },
  last(bytes: Uint8Array): number {
    return bytes.at(-1)!;
  },
  /** Returns the same list and the same buffer each time, with other content. */
  reuse(n: number): { list: number[]; bytes: Uint8Array } {
    reused.length = 0;
    reused.push(n, n);
    bytes.fill(n);
    return { list: reused, bytes };
  },
  *items(count: number): Generator<number[]> {
    for (let n = 0; n < count; n++) {
      reused.length = 0;
      reused.push(n);
      yield reused;
    }
  },
  progress(count: number): void {
    for (let n = 0; n < count; n++) {
      bytes.fill(n);
      reportProgress(bytes);
    }
    bytes.fill(255);
  },
});

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 2 };

testEachExecutor("submit(): a batch that is used again", async (executor) => {
  const batch: number[] = [];
  const sums: Promise<number>[] = [];
  for (let n = 1; n <= 300; n++) {
    batch.push(n);
    if (batch.length < 3) continue;
    sums.push(executor.submit(jobs.sum, batch).then());
    batch.length = 0;
  }
  const expected = Array.from({ length: 100 }, (_, i) => 9 * i + 6);
  assertEquals(await Promise.all(sums), expected); // most of them waited in the pool's queue
}, pools);

testEachExecutor("submit(): nested values, buffers and views of one buffer", async (executor) => {
  const buffer = new ArrayBuffer(200_000, { maxByteLength: 300_000 });
  const value = {
    deep: [{ map: new Map([["k", new Set([1])]]), date: new Date(5) }],
    whole: new Uint8Array(buffer),
    part: new Float64Array(buffer, 8, 2),
    match: /(?<a>b)/.exec("abc")!,
    holes: [1, , 3],
  };
  value.part[1] = 1.5;
  const job = executor.submit(jobs.same, value);
  value.deep[0]!.map.get("k")!.add(2);
  value.deep[0]!.date.setTime(6);
  value.deep.push(value.deep[0]!);
  value.whole.fill(9);
  const got = await job;
  assertEquals(got.deep, [{ map: new Map([["k", new Set([1])]]), date: new Date(5) }]);
  assertEquals([got.whole.length, got.whole[0], got.part[1]], [200_000, 0, 1.5]);
  got.part[0] = 2.5;
  assertEquals(got.whole.buffer === got.part.buffer, true);
  assertEquals([got.match.index, got.match.groups!.a], [1, "b"]);
  assertEquals([got.holes.length, 1 in got.holes], [3, false]);
}, pools);

testEachExecutor("map() with chunks: rows that are used again", async (executor) => {
  const row: number[] = [0];
  function* rows(): Generator<number[]> {
    for (let n = 0; n < 20; n++) {
      row[0] = n;
      yield row;
    }
  }
  const got: number[] = [];
  for await (const each of executor.map(jobs.sum, rows())) got.push(each);
  assertEquals(got, Array.from({ length: 20 }, (_, n) => n));
}, pools);

testEachExecutor("results, items and progress that are used again over there", async (executor) => {
  const results = await Promise.all(
    Array.from({ length: 200 }, (_, n) => executor.submit(jobs.reuse, n).then()),
  );
  results.forEach(({ list, bytes }, n) => {
    assertEquals([list, bytes[0], bytes.at(-1)], [[n, n], n % 256, n % 256]);
  });
  const items: number[][] = [];
  for await (const item of executor.stream(jobs.items, 100)) items.push(item);
  assertEquals(items, Array.from({ length: 100 }, (_, n) => [n]));
  const told: number[] = [];
  const onProgress = (bytes: unknown): number => told.push((bytes as Uint8Array)[99_999]!);
  await executor.submitWith({ onProgress }, jobs.progress, 20);
  assertEquals(told, Array.from({ length: 20 }, (_, n) => n));
}, { ...pools, width: 1 });

testEachExecutor("a refusal names the path and rejects the future", async (executor) => {
  const refused = (value: unknown): Promise<TransferError> =>
    assertRejects(async () => await executor.submit(jobs.same, value), TransferError);
  assertEquals((await refused({ a: [{ f: () => 1 }] })).path, "[0].a[0].f");
  const getter = {
    get a(): never {
      throw new Error("mine");
    },
  };
  assertEquals(((await refused({ getter })).cause as Error).message, "mine");
  assertEquals(await executor.submit(jobs.sum, [1, 2]), 3);
}, pools);

Deno.test("mp.Pool takes its arguments at the call", async () => {
  await using pool = new Pool({ processes: 1 });
  const batch = [1, 2, 3];
  const first = pool.apply(jobs.sum, [batch]);
  const second = pool.applyAsync(jobs.sum, [batch]);
  const third = pool.map(jobs.sum, [batch, batch]);
  const fourth = pool.starmapAsync(jobs.sum, [[batch]]);
  batch.length = 0;
  assertEquals(await Promise.all([first, second.get(), third, fourth.get()]), [6, 6, [6, 6], [6]]);
});

Deno.test("a Thread takes its arguments at its start", async () => {
  const batch = [1, 2, 3];
  const thread = new Thread({ target: jobs.sum, args: [batch] }).start();
  batch.length = 0;
  assertEquals(await thread.result, 6);
  await threadsGone();
});
