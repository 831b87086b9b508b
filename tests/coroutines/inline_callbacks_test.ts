import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CancelledError, Deferred, Future, inlineCallbacks } from "../../src/coroutines/mod.ts";

Deno.test("inlineCallbacks() goes on with the result of each Deferred, synchronously", () => {
  const d = new Deferred<number>();
  const log: unknown[] = [];
  const work = inlineCallbacks(function* (base: number) {
    log.push("begun");
    const got: number = yield d;
    log.push(got);
    return base + got;
  });
  work(10).addCallback((sum) => log.push(sum));
  assertEquals(log, ["begun"]);
  d.callback(5);
  assertEquals(log, ["begun", 5, 15]);
});

Deno.test("inlineCallbacks() throws a failure at the yield, where it can be caught", async () => {
  const work = inlineCallbacks(function* () {
    try {
      yield Deferred.fail(new RangeError("no"));
    } catch (error) {
      return `caught ${(error as Error).message}`;
    }
  });
  assertEquals(await work(), "caught no");
});

Deno.test("inlineCallbacks() fails its Deferred with what the generator throws", async () => {
  const work = inlineCallbacks(function* () {
    yield Promise.resolve();
    throw new RangeError("mine");
  });
  await assertRejects(async () => await work(), RangeError, "mine");
});

Deno.test("inlineCallbacks() takes promises and futures, and gives plain values straight back", async () => {
  const future = new Future<number>();
  const work = inlineCallbacks(function* () {
    const a: number = yield Promise.resolve(1);
    const b: number = yield 2;
    const c = yield* future;
    const d = yield* Deferred.succeed(4);
    return [a, b, c, d];
  });
  const result = work();
  future.setResult(3);
  assertEquals(await result, [1, 2, 3, 4]);
});

Deno.test("inlineCallbacks() waits a hundred thousand times for what is there", async () => {
  const work = inlineCallbacks(function* () {
    let sum = 0;
    for (let i = 0; i < 100_000; i++) sum += yield* Deferred.succeed(1);
    return sum;
  });
  assertEquals(await work(), 100_000);
});

Deno.test("inlineCallbacks(): cancel() throws CancelledError where the generator waits", async () => {
  const waited = new Deferred<void>();
  const log: string[] = [];
  const work = inlineCallbacks(function* () {
    try {
      yield waited;
    } finally {
      log.push("cleaned");
    }
  });
  const d = work();
  d.cancel();
  await assertRejects(async () => await d, CancelledError);
  assertEquals([log, waited.called], [["cleaned"], true]);
});

Deno.test("inlineCallbacks(): cancel() that the generator catches gives its result", async () => {
  const work = inlineCallbacks(function* () {
    try {
      yield new Promise(() => {});
    } catch {
      return "went on";
    }
  });
  const d = work();
  d.cancel();
  assertEquals(await d, "went on");
});

Deno.test("inlineCallbacks() refuses what is no generator function", () => {
  assertThrows(() => inlineCallbacks(1 as never), TypeError);
  assertThrows(() => inlineCallbacks((() => 1) as never)(), TypeError, "no generator");
});
