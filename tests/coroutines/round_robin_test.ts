import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidStateError, RoundRobin } from "../../src/coroutines/mod.ts";
import { VirtualClock } from "../../src/testing/mod.ts";

function* say(
  log: string[],
  word: string,
  times: number = Infinity,
): Generator<void, void, undefined> {
  for (let i = 0; i < times; i++) {
    log.push(word + i);
    yield;
  }
}

Deno.test("RoundRobin gives turns in the order of add() until nobody is left", async () => {
  const log: string[] = [];
  const loop = new RoundRobin().add(say(log, "a", 3)).add(say(log, "b", 1));
  await loop.run();
  assertEquals(log, ["a0", "b0", "a1", "a2"]);
  assertEquals(loop.statistics(), { waiting: 0, completed: 2, turns: 6 });
});

Deno.test("RoundRobin.run() without a pause has made all turns when it returns", () => {
  const log: string[] = [];
  void new RoundRobin().add(say(log, "a", 2)).run();
  assertEquals(log, ["a0", "a1"]);
});

Deno.test("RoundRobin.run() pauses between two turns", async () => {
  using clock = new VirtualClock();
  const log: string[] = [];
  const loop = new RoundRobin().add(say(log, "a")).add(say(log, "b"));
  await loop.run({ pause: 500, turns: 8 });
  assertEquals(log, ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"]);
  assertEquals(clock.now(), 8 * 500);
  assertEquals(loop.size, 2);
});

Deno.test("RoundRobin.run() ends with the error of a generator, and the next run goes on", async () => {
  const log: string[] = [];
  const loop = new RoundRobin();
  // deno-lint-ignore require-yield -- it fails before it could
  loop.add(function* () {
    throw new RangeError("broken");
  }()).add(say(log, "a", 2));
  await assertRejects(() => loop.run(), RangeError, "broken");
  assertEquals(loop.size, 1);
  await loop.run();
  assertEquals(log, ["a0", "a1"]);
});

Deno.test("RoundRobin.add() by a running generator puts the new one at the end", async () => {
  const log: string[] = [];
  const loop = new RoundRobin();
  loop.add(function* () {
    loop.add(say(log, "child", 1));
    yield;
    log.push("parent");
  }()).add(say(log, "b", 1));
  await loop.run();
  assertEquals(log, ["b0", "child0", "parent"]);
});

Deno.test("RoundRobin.run() stops at an aborted signal, in a pause too", async () => {
  await using _clock = new VirtualClock();
  const log: string[] = [];
  const loop = new RoundRobin().add(say(log, "a"));
  const controller = new AbortController();
  const run = loop.run({ pause: 1000, signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await assertRejects(() => run, RangeError, "enough");
  assertEquals([log.length, loop.size], [1, 1]);
});

Deno.test("RoundRobin refuses a second run meanwhile, wrong options and what is no generator", async () => {
  using _clock = new VirtualClock();
  const loop = new RoundRobin().add(say([], "a", 2));
  const run = loop.run({ pause: 1 });
  assertThrows(() => loop.run(), InvalidStateError, "running");
  await run;
  assertThrows(() => loop.run({ pause: -1 }), RangeError, "pause -1");
  assertThrows(() => loop.run({ turns: 1.5 }), RangeError, "1.5 turns");
  assertThrows(() => loop.add(say as never), TypeError, "call the generator function");
});
