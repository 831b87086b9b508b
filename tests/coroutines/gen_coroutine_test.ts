import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Deferred, Future, genCoroutine } from "../../src/coroutines/mod.ts";
import { VirtualClock } from "../../src/testing/mod.ts";

Deno.test("genCoroutine() goes on with the result of each thing it yields", async () => {
  const work = genCoroutine(function* (n: number) {
    const a: number = yield Promise.resolve(n);
    const b = yield* Deferred.succeed(2);
    const future = new Future<number>();
    future.setResult(3);
    return a + b + (yield* future);
  });
  assertEquals(await work(1), 6);
});

Deno.test("genCoroutine() waits for arrays and objects together", async () => {
  const work = genCoroutine(function* () {
    const list: number[] = yield [Promise.resolve(1), Deferred.succeed(2)];
    const named: { a: number; b: number } = yield { a: Promise.resolve(3), b: Promise.resolve(4) };
    const none: unknown[] = yield [];
    return [list, named, none];
  });
  assertEquals(await work(), [[1, 2], { a: 3, b: 4 }, []]);
});

Deno.test("genCoroutine() throws one failure of several waits as it is, more as an AggregateError", async () => {
  const fail = (text: string): Promise<never> => Promise.reject(new RangeError(text));
  const one = genCoroutine(function* () {
    yield [fail("a"), Promise.resolve(1)];
  });
  await assertRejects(async () => await one(), RangeError, "a");
  const two = genCoroutine(function* () {
    yield { a: fail("a"), b: fail("b"), c: Promise.resolve() };
  });
  const error = await assertRejects(async () => await two(), AggregateError, "2 of 3");
  assertEquals(error.errors.length, 2);
});

Deno.test("genCoroutine(): a bare yield gives the loop a turn", async () => {
  await using _clock = new VirtualClock();
  const log: string[] = [];
  const speak = genCoroutine(function* (name: string) {
    for (let i = 0; i < 2; i++) {
      log.push(name + i);
      yield;
    }
  });
  await Promise.all([speak("a"), speak("b")]);
  assertEquals(log, ["a0", "b0", "a1", "b1"]);
});

Deno.test("genCoroutine() throws a TypeError at the yield of what cannot be waited for", async () => {
  const work = genCoroutine(function* () {
    const refused: string[] = [];
    for (const wrong of [5, "text", [1], { a: undefined }, new Map()]) {
      try {
        yield wrong;
      } catch (error) {
        refused.push((error as Error).name);
      }
    }
    return refused;
  });
  assertEquals(await work(), Array(5).fill("TypeError"));
});

Deno.test("genCoroutine(): cancelling the future ends the generator", async () => {
  const log: string[] = [];
  const work = genCoroutine(function* () {
    try {
      yield new Promise(() => {});
    } finally {
      log.push("cleaned");
    }
  });
  const future = work();
  assertEquals(future.cancel(), true);
  assertEquals(log, ["cleaned"]);
  const self: Future<void> = genCoroutine(function* () {
    yield Promise.resolve();
    try {
      self.cancel();
      yield Promise.resolve();
      log.push("never");
    } finally {
      log.push("cleaned itself");
    }
  })();
  await assertRejects(async () => await self);
  assertEquals(log, ["cleaned", "cleaned itself"]);
});

Deno.test("genCoroutine() fails its future with what the generator throws", async () => {
  // deno-lint-ignore require-yield -- it fails before it could
  const work = genCoroutine(function* () {
    throw new RangeError("at once");
  });
  await assertRejects(async () => await work(), RangeError, "at once");
  assertThrows(() => genCoroutine(null as never), TypeError);
});
