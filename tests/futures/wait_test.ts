import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ALL_COMPLETED,
  asCompleted,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  TimeoutError,
  wait,
} from "@quartet/concurrency/futures";
import { VirtualClock } from "@quartet/concurrency/testing";

function futures(count: number): Future<number>[] {
  return Array.from({ length: count }, () => new Future<number>());
}

Deno.test("wait() ends when all have ended, and throws for none", async () => {
  const [a, b, c] = futures(3) as [Future<number>, Future<number>, Future<number>];
  const waiting = wait([a, b, c]);
  a.setResult(1);
  b.setException(new Error("b"));
  c.cancel();
  const { done, notDone } = await waiting;
  assertEquals([...done], [a, b, c]);
  assertEquals(notDone.size, 0);
  b.exception();
});

Deno.test("wait() with FIRST_COMPLETED ends at the first end", async () => {
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  const waiting = wait([a, b], { returnWhen: FIRST_COMPLETED });
  b.setResult(2);
  const { done, notDone } = await waiting;
  assertEquals([[...done], [...notDone]], [[b], [a]]);
});

Deno.test("wait() with FIRST_EXCEPTION ends at a failure, not at a result or a cancel", async () => {
  const [a, b, c, d] = futures(4) as [
    Future<number>,
    Future<number>,
    Future<number>,
    Future<number>,
  ];
  const waiting = wait([a, b, c, d], { returnWhen: FIRST_EXCEPTION });
  a.setResult(1);
  b.cancel();
  c.setException(new Error("c"));
  const { done, notDone } = await waiting;
  assertEquals([done.size, [...notDone]], [3, [d]]);
});

Deno.test("wait() with FIRST_EXCEPTION and no failure waits for all", async () => {
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  const waiting = wait([a, b], { returnWhen: FIRST_EXCEPTION });
  a.setResult(1);
  b.setResult(2);
  assertEquals((await waiting).done.size, 2);
});

Deno.test("wait() returns what is done when its timeout passes, and cancels nothing", async () => {
  await using _clock = new VirtualClock();
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  a.setResult(1);
  const { done, notDone } = await wait([a, b], { timeout: 50 });
  assertEquals([[...done], [...notDone], b.state], [[a], [b], "pending"]);
});

Deno.test("wait() over nothing, and over what has ended, ends at once", async () => {
  assertEquals((await wait([])).done.size, 0);
  const [a] = futures(1) as [Future<number>];
  a.setResult(1);
  assertEquals((await wait([a, a], { returnWhen: ALL_COMPLETED })).done.size, 1);
});

Deno.test("wait() refuses what is no future and a returnWhen that there is not", async () => {
  await assertRejects(() => wait([1 as unknown as Future<number>]), TypeError, "1");
  await assertRejects(
    () => wait([], { returnWhen: "SOMETIME" as "ALL_COMPLETED" }),
    RangeError,
    "SOMETIME",
  );
});

Deno.test("wait() rejects with the reason of its signal", async () => {
  const controller = new AbortController();
  const waiting = wait(futures(1), { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
});

Deno.test("asCompleted() gives each future itself as it ends, ended ones first", async () => {
  const [a, b, c] = futures(3) as [Future<number>, Future<number>, Future<number>];
  b.setResult(2);
  const order = asCompleted([a, b, c]);
  assertStrictEquals((await order.next()).value, b);
  c.setResult(3);
  assertStrictEquals((await order.next()).value, c);
  a.cancel();
  assertStrictEquals((await order.next()).value, a);
  assertEquals((await order.next()).done, true);
});

Deno.test("asCompleted() tells how many were left when its timeout passes", async () => {
  await using _clock = new VirtualClock();
  const [a, b] = futures(2) as [Future<number>, Future<number>];
  a.setResult(1);
  const order = asCompleted([a, b], { timeout: 20 });
  assertStrictEquals((await order.next()).value, a);
  await assertRejects(() => order.next(), TimeoutError, "1 (of 2) futures unfinished");
});

Deno.test("a future without a thread behind it cannot be blocked for", () => {
  const [a] = futures(1) as [Future<number>];
  assertThrows(() => a.resultSync(), Error, "Cannot block");
  a.setResult(5);
  assertEquals(a.resultSync(), 5);
});
