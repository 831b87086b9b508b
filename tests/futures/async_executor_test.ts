import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncExecutor,
  currentSignal,
  ShutDownError,
  StoppedError,
  SyncExecutor,
} from "@quartet/concurrency/futures";
import { executorSuite } from "../suites/executor_suite.ts";
import { jobs } from "../support/targets/jobs.ts";
import { streamJobs } from "../support/targets/stream_jobs.ts";

executorSuite("AsyncExecutor", {
  make: (maxConcurrency) => new AsyncExecutor({ maxConcurrency }),
  isRemote: false,
  overlaps: true,
});

Deno.test("AsyncExecutor.submit() begins its job after it returned", async () => {
  await using executor = new AsyncExecutor();
  const future = executor.submit(jobs.square, 5);
  assertEquals(future.state, "pending");
  assertEquals(await future, 25);
});

Deno.test("AsyncExecutor refuses a maxConcurrency below 1", () => {
  assertThrows(() => new AsyncExecutor({ maxConcurrency: 0 }), RangeError, "maxConcurrency 0");
});

Deno.test("AsyncExecutor.stream() makes an item when its reader asks, and none ahead", async () => {
  await using executor = new AsyncExecutor();
  const buffer = [0];
  const items = executor.stream(function* (): Generator<number[]> {
    for (;;) {
      buffer[0]!++;
      yield buffer; // the same one again: items are not copied
    }
  });
  for (let n = 1; n <= 3; n++) {
    assertEquals((await items.next()).value, [n]);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    assertEquals(buffer, [n]);
  }
  await items.return!();
});

Deno.test("AsyncExecutor.stream(): to leave one stream asks no other to stop", async () => {
  await using executor = new AsyncExecutor();
  const signals: AbortSignal[] = [];
  const generator = async function* (): AsyncGenerator<number> {
    signals.push(currentSignal());
    yield 1;
    await Promise.resolve();
    assertEquals(signals.includes(currentSignal()), true);
    yield 2;
  };
  const [left, stays] = [executor.stream(generator), executor.stream(generator)];
  await left.next();
  await stays.next();
  await left.return!();
  assertEquals(signals.map(({ aborted }) => aborted), [true, false]);
  assertEquals(await Array.fromAsync(stays), [2]);
});

Deno.test("AsyncExecutor.stream(): ten thousand at once, each left after its first item, leave nothing running", async () => {
  await using executor = new AsyncExecutor();
  const streams = Array.from({ length: 10_000 }, () => executor.stream(streamJobs.count, "many"));
  const firsts = await Promise.all(streams.map((each) => each.next()));
  assert(firsts.every(({ value }) => value === 0));
  assertEquals(executor.statistics().running, 10_000);
  await Promise.all(streams.map((each) => each.return!()));
  assertEquals([executor.statistics().running, executor.statistics().completed], [0, 10_000]);
});

Deno.test("AsyncExecutor.shutdown({ timeout }) asks a generator to stop", async () => {
  const executor = new AsyncExecutor();
  let reason: unknown;
  const items = executor.stream(async function* (): AsyncGenerator<number> {
    const signal = currentSignal();
    yield 1;
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    reason = signal.reason;
    signal.throwIfAborted();
  });
  await items.next();
  const waiting = assertRejects(() => items.next(), StoppedError);
  await executor.shutdown({ timeout: 1 });
  assert(reason instanceof StoppedError);
  await waiting;
});

Deno.test("AsyncExecutor.shutdown() ends a generator whose reader has walked away", async () => {
  const executor = new AsyncExecutor();
  const items = executor.stream(streamJobs.count, "walked away");
  assertEquals((await items.next()).value, 0);
  await executor.shutdown();
  await assertRejects(() => items.next(), ShutDownError, "nobody took any");
});

const narrow = {
  SyncExecutor: () => new SyncExecutor(),
  AsyncExecutor: () => new AsyncExecutor({ maxConcurrency: 1 }),
};
for (const [name, make] of Object.entries(narrow)) {
  Deno.test(`${name}.stream() leaves the only place to what its reader submits`, async () => {
    await using executor = make();
    const results: number[] = [];
    for await (const item of executor.stream(jobs.count, 5)) {
      results.push(await executor.submit((n: number) => n * 10, item));
      if (results.length === 3) break;
    }
    assertEquals(results.map((each) => each % 10), [0, 0, 0]);
  });
}
