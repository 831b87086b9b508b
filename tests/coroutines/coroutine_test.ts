import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { coroutine } from "../../src/coroutines/mod.ts";

Deno.test("coroutine() gives generators that take values at once", () => {
  const found: number[] = [];
  const isDivider = coroutine(function* isDivider(number: number): Generator<void, void, number> {
    while (true) {
      const value = yield;
      if (number % value === 0) found.push(value);
    }
  });
  const dividers = isDivider(100);
  for (const value of [11, 18, 20]) dividers.send(value);
  assertEquals(found, [20]);
  assertEquals(isDivider.name, "isDivider");
});

Deno.test("coroutine() makes a new generator at each call", () => {
  const counter = coroutine(function* (): Generator<number, void, number> {
    let total = 0;
    while (true) total += yield total;
  });
  const [a, b] = [counter(), counter()];
  a.send(1);
  assertEquals([a.send(1).value, b.send(5).value], [2, 5]);
});

Deno.test("coroutine() passes this through, so methods can be wrapped", () => {
  class Sink {
    readonly got: string[] = [];
    readonly open = coroutine(function* (this: Sink): Generator<void, void, string> {
      while (true) this.got.push(yield);
    });
  }
  const sink = new Sink();
  sink.open().send("x");
  assertEquals(sink.got, ["x"]);
});

Deno.test("coroutine() gives a closed generator when the body ends before its first yield", () => {
  // deno-lint-ignore require-yield -- that it never yields is the point
  const empty = coroutine(function* () {
    return 1;
  });
  assertEquals(empty().state, "closed");
});

Deno.test("coroutine() lets out what the body throws before its first yield", () => {
  // deno-lint-ignore require-yield -- that it never yields is the point
  const broken = coroutine(function* () {
    throw new RangeError("at the start");
  });
  assertThrows(() => broken(), RangeError, "at the start");
});

Deno.test("coroutine() refuses what is no generator function", () => {
  assertThrows(() => coroutine(5 as never), TypeError, "Cannot make a coroutine of 5");
  assertThrows(() => coroutine((() => 5) as never)(), TypeError, "Cannot send to 5");
});
