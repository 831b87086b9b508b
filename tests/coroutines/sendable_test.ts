import "../support/leak_guard.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { InvalidStateError, sendable } from "../../src/coroutines/mod.ts";

function* echo(): Generator<unknown, string, unknown> {
  let heard: unknown = "started";
  while (heard !== "stop") heard = yield heard;
  return "stopped";
}

Deno.test("sendable() runs none of the body until the first next()", () => {
  let began = false;
  const it = sendable(function* () {
    began = true;
    yield 1;
  }());
  assertEquals([began, it.state], [false, "created"]);
  assertEquals(it.next(), { value: 1, done: false });
  assertEquals([began, it.state], [true, "suspended"]);
});

Deno.test("Sendable.send() of a value before the first yield is refused and does not begin the body", () => {
  const it = sendable(echo());
  assertThrows(() => it.send(5), TypeError, "Cannot send 5 to a generator that has not started");
  assertEquals(it.state, "created");
  assertEquals(it.next(), { value: "started", done: false });
});

Deno.test("Sendable.send() of null or nothing begins the body, as next() does", () => {
  assertEquals(sendable(echo()).send(null).value, "started");
  assertEquals(sendable(echo()).send().value, "started");
});

Deno.test("Sendable.send() makes its value that of the yield and returns what comes next", () => {
  const it = sendable(echo());
  it.next();
  assertEquals(it.send(1), { value: 1, done: false });
  assertEquals(it.send("stop"), { value: "stopped", done: true });
  assertEquals(it.state, "closed");
  assertEquals<unknown>(it.send("more"), { value: undefined, done: true });
});

Deno.test("Sendable in a for loop drops the returned value", () => {
  const items: number[] = [];
  for (
    const item of sendable(function* () {
      yield 1;
      yield 2;
      return 3;
    }())
  ) items.push(item);
  assertEquals(items, [1, 2]);
});

Deno.test("Sendable.throw() returns what the body yields after catching", () => {
  const it = sendable(function* () {
    try {
      yield 1;
    } catch (error) {
      yield (error as Error).message;
    }
  }());
  it.next();
  assertEquals(it.throw(new Error("thrown in")), { value: "thrown in", done: false });
});

Deno.test("Sendable.throw() that is not caught comes out and closes the generator", () => {
  const it = sendable(echo());
  it.next();
  assertThrows(() => it.throw(new RangeError("out")), RangeError, "out");
  assertEquals([it.state, it.next().done], ["closed", true]);
});

Deno.test("Sendable.throw() before the start closes the generator without running a line", () => {
  let began = false;
  const it = sendable(function* () {
    began = true;
    yield;
  }());
  assertThrows(() => it.throw(new Error("early")), Error, "early");
  assertEquals([began, it.state], [false, "closed"]);
});

Deno.test("Sendable.throw() makes the error from a class", () => {
  const it = sendable(echo());
  it.next();
  assertThrows(() => it.throw(RangeError), RangeError);
});

Deno.test("Sendable.throw() refuses what is no error and leaves the generator as it was", () => {
  const it = sendable(echo());
  it.next();
  assertThrows(() => it.throw(5 as unknown as Error), TypeError, "Cannot throw 5");
  assertThrows(() => it.throw(String as unknown as new () => Error), TypeError);
  assertEquals(it.send("still here").value, "still here");
});

Deno.test("Sendable.close() runs finally blocks and returns what they return", () => {
  const log: string[] = [];
  const it = sendable(function* (): Generator<void, string, void> {
    try {
      yield;
    } finally {
      log.push("cleaned");
      // deno-lint-ignore no-unsafe-finally -- Python 3.13 returns what the body returns while closing
      return "bye";
    }
  }());
  it.next();
  assertEquals(it.close(), { value: "bye", done: true });
  assertEquals(log, ["cleaned"]);
  assertEquals(it.close(), { value: undefined, done: true });
});

Deno.test("Sendable.close() before the start closes without running a line", () => {
  const it = sendable(echo());
  it.close();
  assertEquals([it.state, it.next().done], ["closed", true]);
});

Deno.test("Sendable.close() fails when the body yields instead of ending", () => {
  const it = sendable(function* () {
    try {
      yield 1;
    } finally {
      yield "not yet";
    }
  }());
  it.next();
  assertThrows(() => it.close(), InvalidStateError, 'it yielded "not yet"');
});

Deno.test("Sendable.close() lets the error of a finally block out", () => {
  const it = sendable(function* () {
    try {
      yield;
    } finally {
      // deno-lint-ignore no-unsafe-finally -- what is promised for it is the point
      throw new RangeError("in cleanup");
    }
  }());
  it.next();
  assertThrows(() => it.close(), RangeError, "in cleanup");
});

Deno.test("Sendable refuses to be entered while it is executing, and goes on", () => {
  const inside = function* (): Generator<string, void, unknown> {
    let refused = "";
    try {
      it.next();
    } catch (error) {
      refused = (error as Error).name;
    }
    yield refused;
    yield it.state;
  };
  const it = sendable(inside());
  assertEquals(it.next().value, "TypeError");
  assertEquals(it.next().value, "running");
  assertEquals(it.state, "suspended");
});

Deno.test("Sendable is closed at the end of a using block, and where a for loop breaks", () => {
  let cleaned = 0;
  const make = () =>
    sendable(function* () {
      try {
        while (true) yield 1;
      } finally {
        cleaned++;
      }
    }());
  {
    using it = make();
    it.next();
  }
  for (const _ of make()) break;
  assertEquals(cleaned, 2);
});

Deno.test("sendable() refuses what is no generator", () => {
  assertThrows(() => sendable(echo as unknown as Generator), TypeError, "call the generator");
  assertThrows(() => sendable([1] as unknown as Generator), TypeError, "an array");
});

Deno.test("Sendable can be delegated to", () => {
  const inner = sendable(echo());
  const outer = sendable(function* (): Generator<unknown, string, unknown> {
    return (yield* inner) ?? "";
  }());
  outer.next();
  assertStrictEquals(outer.send("through").value, "through");
  assertEquals(outer.send("stop"), { value: "stopped", done: true });
});
