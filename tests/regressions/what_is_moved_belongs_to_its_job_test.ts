/** What `transfer` moves leaves at the call, with its own job and no other, and only if that one can be sent. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  portable,
  ThreadPoolExecutor,
  transfer,
  TransferError,
} from "@quartet/concurrency/futures";

const jobs = portable(import.meta, {
  length(bytes: Uint8Array, ..._others: unknown[]): number {
    return bytes.length;
  },
  lengthToo(bytes: Uint8Array): number {
    return bytes.length;
  },
  hog(ms: number): void {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
  nothing(): void {},
  say(port: MessagePort): void {
    port.postMessage("hello");
    port.close();
  },
  async read(stream: ReadableStream<string>): Promise<string[]> {
    return await Array.fromAsync(stream);
  },
  give(size: number): Uint8Array {
    return transfer(new Uint8Array(size));
  },
  giveOdd(size: number): unknown {
    return [transfer(new Uint8Array(size)), () => 1];
  },
});

Deno.test("it leaves at the call", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const bytes = new Uint8Array(10).subarray(2, 6);
  const job = pool.submitWith({ transfer: [bytes.buffer] }, jobs.length, bytes);
  assert(bytes.buffer.detached);
  assertEquals(await job, 4);
  const marked = transfer(new Uint8Array(7));
  const second = pool.submit(jobs.length, marked);
  assert(marked.buffer.detached);
  assertEquals(await second, 7);
});

Deno.test("a refused job leaves the caller its buffers", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const bytes = new Uint8Array(10);
  const job = pool.submitWith({ transfer: [bytes.buffer] }, jobs.length, bytes, () => 1);
  await assertRejects(async () => await job, TransferError);
  await pool.submit(jobs.nothing);
  assert(!bytes.buffer.detached);
  const [first, second] = [
    pool.submitWith({ transfer: [bytes.buffer] }, jobs.length, bytes),
    pool.submitWith({ transfer: [bytes.buffer] }, jobs.length, bytes), // gone already
  ];
  assertEquals(await first, 10);
  await assertRejects(async () => await second, TransferError, "moved away");
});

Deno.test("a job's first use of a function behind others takes nothing along", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 8 });
  await pool.submit(jobs.nothing);
  const all = [jobs.length, jobs.lengthToo, jobs.length].map((fn, n) => {
    const bytes = new Uint8Array(n + 1);
    return pool.submitWith({ transfer: [bytes.buffer] }, fn, bytes);
  });
  assertEquals(await Promise.all(all), [1, 2, 3]);
});

Deno.test("jobs that are taken back still have it", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  for (let n = 0; n < 10; n++) { // short jobs widen the window
    await Promise.all(
      Array.from({ length: 100 }, () => pool.submit(jobs.length, new Uint8Array(100)).then()),
    );
  }
  const hog = pool.submit(jobs.hog, 100);
  await Promise.resolve();
  const lengths = await Promise.all(Array.from({ length: 200 }, (_, n) => {
    const bytes = new Uint8Array(n);
    return pool.submitWith({ transfer: [bytes.buffer] }, jobs.length, bytes).then();
  }));
  assertEquals(lengths, Array.from({ length: 200 }, (_, n) => n));
  await hog;
});

Deno.test("ports and streams cross when they are moved, and only then", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const { port1, port2 } = new MessageChannel();
  const said = new Promise((resolve) => port1.onmessage = ({ data }) => resolve(data));
  await assertRejects(async () => await pool.submit(jobs.say, port2), TransferError, "transfer");
  await pool.submitWith({ transfer: [port2] }, jobs.say, port2);
  assertEquals(await said, "hello");
  port1.close();
  const stream = ReadableStream.from(["a", "b"]);
  assertEquals(await pool.submitWith({ transfer: [stream] }, jobs.read, stream), ["a", "b"]);
});

Deno.test("results: what is moved leaves with its own, and a refused one takes nothing along", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, concurrencyPerWorker: 8 });
  const ends = await Promise.allSettled([
    pool.submit(jobs.give, 5),
    pool.submit(jobs.giveOdd, 6),
    pool.submit(jobs.give, 200_000),
    pool.submit(jobs.length, new Uint8Array(3)),
  ]);
  const said = ends.map((end) =>
    end.status === "fulfilled"
      ? end.value instanceof Uint8Array ? end.value.length : end.value
      : end.reason
  );
  assertInstanceOf(said[1], TransferError);
  assertEquals([said[0], said[2], said[3]], [5, 200_000, 3]);
});
