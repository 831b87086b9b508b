import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { CancelledError, Deferred, Future, InvalidStateError } from "../../src/coroutines/mod.ts";
import { reportUnretrieved, setUnretrievedReporter } from "../../src/core/unretrieved.ts";

Deno.test("Deferred.callback() runs the chain at once, each link with what the one before gave", () => {
  const log: unknown[] = [];
  const d = new Deferred<number>();
  d.addCallback((n) => n + 1).addCallback((n) => `${n}`).addCallback((s) => log.push(s));
  assertEquals([log, d.called], [[], false]);
  d.callback(1);
  assertEquals([log, d.called], [["2"], true]);
});

Deno.test("Deferred links added after the result run at once", () => {
  let got = 0;
  Deferred.succeed(4).addCallback((n) => got = n);
  assertEquals(got, 4);
});

Deno.test("Deferred goes down the failure side and back", () => {
  const log: string[] = [];
  const d = new Deferred<number>();
  d.addCallback(() => {
    throw new RangeError("broken");
  })
    .addCallback(() => log.push("skipped"))
    .addErrback((error) => (error as Error).message)
    .addErrback(() => log.push("skipped too"))
    .addCallback((text) => log.push(`recovered from ${text}`));
  d.callback(1);
  assertEquals(log, ["recovered from broken"]);
});

Deno.test("Deferred.addCallbacks() does not give a link's failure to its own errback", () => {
  const seen: string[] = [];
  Deferred.succeed(1).addCallbacks(() => {
    throw new Error("from the callback");
  }, () => seen.push("own")).addErrback(() => seen.push("next"));
  assertEquals(seen, ["next"]);
});

Deno.test("Deferred.addBoth() takes results and failures", () => {
  const seen: unknown[] = [];
  Deferred.succeed(1).addBoth((value) => seen.push(value));
  Deferred.fail("no").addBoth((value) => seen.push(value));
  assertEquals(seen, [1, "no"]);
});

Deno.test("Deferred waits for a Deferred that a link returns, without a turn of the loop", () => {
  const inner = new Deferred<string>();
  const log: string[] = [];
  Deferred.succeed(1).addCallback(() => inner).addCallback((text) => log.push(text));
  assertEquals(log, []);
  inner.callback("inner");
  assertEquals(log, ["inner"]);
});

Deno.test("Deferred waits for promises and futures that a link returns", async () => {
  const future = new Future<number>();
  const d = Deferred.succeed(1).addCallback(() => Promise.resolve(2)).addCallback(() => future);
  future.setResult(3);
  assertEquals(await d, 3);
  await assertRejects(async () => {
    await Deferred.fromPromise(Promise.reject(new RangeError("no")));
  }, RangeError);
});

Deno.test("Deferred.callback() twice is refused", () => {
  const d = Deferred.succeed(1);
  assertThrows(() => d.callback(2), InvalidStateError);
  assertThrows(() => d.errback(new Error()), InvalidStateError);
  assertThrows(() => new Deferred().callback(new Deferred()), TypeError);
});

Deno.test("Deferred.cancel() fails the chain with CancelledError and ignores the late result once", () => {
  const d = new Deferred<number>();
  const seen: unknown[] = [];
  d.addErrback((error) => void seen.push(error instanceof CancelledError));
  d.cancel();
  assertEquals(seen, [true]);
  d.callback(1);
  assertThrows(() => d.callback(2), InvalidStateError);
});

Deno.test("Deferred.cancel() asks the canceller, which may bring the end about itself", async () => {
  const d = new Deferred<string>((self) => self.callback("half of it"));
  d.cancel();
  assertEquals(await d, "half of it");
});

Deno.test("Deferred.cancel() while a link waits cancels what is waited for", () => {
  const inner = new Deferred<void>();
  const future = new Future<void>();
  const seen: unknown[] = [];
  for (const waited of [inner, future]) {
    const d = Deferred.succeed(1).addCallback(() => waited);
    d.addErrback((error) => void seen.push((error as Error).name));
    d.cancel();
  }
  assertEquals(seen, ["CancelledError", "CancelledError"]);
  assertEquals([inner.called, future.cancelled()], [true, true]);
});

Deno.test("Deferred.cancel() lets go of a foreign promise", async () => {
  const never = new Promise<void>(() => {});
  const d = Deferred.fromPromise(never);
  d.cancel();
  await assertRejects(async () => await d, CancelledError);
});

Deno.test("Deferred gives each awaiter the result", async () => {
  const d = new Deferred<object>();
  const both = Promise.all([d, d]);
  const value = {};
  d.callback(value);
  for (const got of await both) assertStrictEquals(got, value);
});

Deno.test("Deferred handles a chain of a hundred thousand waits without recursion", () => {
  let d: Deferred<number> = Deferred.succeed(0);
  for (let i = 0; i < 100_000; i++) d = d.addCallback((n) => Deferred.succeed(n + 1));
  let got = 0;
  d.addCallback((n) => got = n);
  assertEquals(got, 100_000);
});

Deno.test("Deferred reports a failure at the end of the chain unless it is handled later", () => {
  const reported: unknown[] = [];
  const before = setUnretrievedReporter((error) => reported.push(error));
  try {
    const handled = Deferred.fail(new Error("handled later"));
    const lost = Deferred.fail(new Error("lost"));
    handled.addErrback(() => 0);
    reportUnretrieved();
    assertEquals(reported.map((error) => (error as Error).message), ["lost"]);
    assertEquals(lost.called, true);
  } finally {
    setUnretrievedReporter(before);
  }
});
