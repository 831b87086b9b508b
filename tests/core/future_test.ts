import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { CancelledError, InvalidStateError } from "../../src/core/errors.ts";
import { Future } from "../../src/core/future.ts";
import { reportUnretrieved, setUnretrievedReporter } from "../../src/core/unretrieved.ts";

/** Collects what is reported as looked at by nobody while the block lasts. */
function unretrieved(): { reports: [error: unknown, what: string][] } & Disposable {
  const reports: [unknown, string][] = [];
  const before = setUnretrievedReporter((error, what) => reports.push([error, what]));
  return { reports, [Symbol.dispose]: () => void setUnretrievedReporter(before) };
}

Deno.test("Future begins pending, and has nothing to tell", () => {
  const future = new Future<number>();
  assertEquals([future.state, future.done(), future.running(), future.cancelled()], [
    "pending",
    false,
    false,
    false,
  ]);
  assertThrows(() => future.result(), InvalidStateError, "pending");
  assertThrows(() => future.exception(), InvalidStateError, "pending");
  assertThrows(() => future.resultSync({ timeout: 0 }), InvalidStateError);
});

Deno.test("Future.setResult() ends it, once", async () => {
  const future = new Future<number>();
  future.setResult(42);
  assertEquals([future.state, future.result(), future.result(), future.exception()], [
    "done",
    42,
    42,
    null,
  ]);
  assertEquals([await future, await future], [42, 42]);
  assertEquals(future.resultSync(), 42);
  assertThrows(() => future.setResult(1), InvalidStateError, "done");
  assertThrows(() => future.setException(new Error("x")), InvalidStateError, "done");
  assertEquals(future.cancel(), false);
});

Deno.test("Future.setException() ends it with the very error", async () => {
  const future = new Future<number>();
  const error = new RangeError("far");
  future.setException(error);
  assertStrictEquals(future.exception(), error);
  assertStrictEquals(assertThrows(() => future.result()), error);
  assertStrictEquals(await assertRejects(() => future), error);
  assertEquals(await future.catch(() => "caught"), "caught");
});

Deno.test("Future.cancel() cancels what has not begun, and says so again", async () => {
  const future = new Future<number>();
  assertEquals([future.cancel("changed my mind"), future.cancel()], [true, true]);
  assertEquals([future.state, future.done(), future.cancelled()], ["cancelled", true, true]);
  assertThrows(() => future.result(), CancelledError, "changed my mind");
  assertThrows(() => future.exception(), CancelledError);
  await assertRejects(() => future, CancelledError, "changed my mind");
  assertThrows(() => future.setResult(1), InvalidStateError, "cancelled");
  assertEquals(future.setRunning(), false);
});

Deno.test("Future.cancel() does not touch what runs", () => {
  const future = new Future<number>();
  assertEquals(future.setRunning(), true);
  assertEquals([future.running(), future.cancel(), future.state], [true, false, "running"]);
  assertThrows(() => future.setRunning(), InvalidStateError, "running");
  future.setResult(1);
  assertThrows(() => future.setRunning(), InvalidStateError, "done");
});

Deno.test("Future.addDoneCallback() calls in the order of adding, where the future ends", () => {
  const future = new Future<string>();
  const seen: string[] = [];
  future.addDoneCallback((f) => seen.push(`first ${f.result()}`));
  future.addDoneCallback((f) => seen.push(`second ${f.result()}`));
  future.setResult("x");
  assertEquals(seen, ["first x", "second x"]);
  future.addDoneCallback((f) => seen.push(`late ${f === future}`));
  assertEquals(seen.at(-1), "late true");
});

Deno.test("Future.addDoneCallback(): one that throws is reported and disturbs nobody", () => {
  using reported = stub(console, "error");
  const future = new Future<number>();
  const seen: string[] = [];
  future.addDoneCallback(() => {
    throw new Error("broken callback");
  });
  future.addDoneCallback(() => seen.push("called"));
  future.setResult(1);
  assertEquals(seen, ["called"]);
  assert(String(reported.calls[0]!.args).includes("broken callback"));
});

Deno.test("Future.removeDoneCallback() takes back each registration and counts them", () => {
  const future = new Future<number>();
  let calls = 0;
  const callback = (): void => void calls++;
  assertEquals(future.removeDoneCallback(callback), 0);
  future.addDoneCallback(callback);
  assertEquals(future.removeDoneCallback(callback), 1);
  for (const each of [callback, callback, () => {}]) future.addDoneCallback(each);
  assertEquals(future.removeDoneCallback(callback), 2);
  future.setResult(1);
  assertEquals(calls, 0);
});

Deno.test("Future is a promise: then, finally, and Promise.all take it", async () => {
  const future = new Future<number>();
  const ends: string[] = [];
  const waits = [
    future.then((n) => n + 1),
    future.finally(() => ends.push("finally")),
    Promise.race([future, new Promise<never>(() => {})]),
  ];
  future.setResult(1);
  assertEquals(await Promise.all(waits), [2, 1, 1]);
  assertEquals(ends, ["finally"]);
});

Deno.test("Future can be delegated to by a generator", () => {
  const future = new Future<number>();
  function* coroutine(): Generator<Future<number>, number, void> {
    return (yield* future) + 1;
  }
  const running = coroutine();
  assertStrictEquals(running.next().value, future);
  future.setResult(1);
  assertEquals(running.next(), { done: true, value: 2 });

  const failed = new Future<number>();
  failed.setException(new RangeError("far"));
  assertThrows(() => [...failed], RangeError, "far");
});

Deno.test("Future: a failure that nobody looked at is reported, one that was is not", async () => {
  using noted = unretrieved();
  const ignored = new Future<number>();
  ignored.setException(new Error("ignored"));
  const seen = [new Future<number>(), new Future<number>(), new Future<number>()] as const;
  const waited = assertRejects(() => seen[0]); // waits before it fails
  for (const each of seen) each.setException(new Error("seen"));
  seen[1].exception();
  assertThrows(() => seen[2].result());
  await waited;
  new Future<number>().cancel();
  reportUnretrieved();
  assertEquals(noted.reports.map(([error]) => (error as Error).message), ["ignored"]);
  reportUnretrieved();
  assertEquals(noted.reports.length, 1);
});

Deno.test("Future shows its state", () => {
  const future = new Future<string>();
  assertEquals(Deno.inspect(future), "Future { pending }");
  future.setResult("x");
  assertEquals(Deno.inspect(future), 'Future { done: "x" }');
});
