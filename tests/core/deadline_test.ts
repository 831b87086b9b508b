import "../support/leak_guard.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Deadline } from "../../src/core/deadline.ts";
import { VirtualClock } from "../../src/testing/mod.ts";

Deno.test("Deadline.after() without a timeout, or with Infinity, never comes", () => {
  assertStrictEquals(Deadline.after(undefined), Deadline.NEVER);
  assertStrictEquals(Deadline.after(Infinity), Deadline.NEVER);
  assertEquals([Deadline.NEVER.remaining(), Deadline.NEVER.passed], [Infinity, false]);
});

Deno.test("Deadline.after() comes when its time has passed, by the clock in place", async () => {
  using clock = new VirtualClock({ autoJump: false });
  const deadline = Deadline.after(100);
  assertEquals([deadline.remaining(), deadline.passed], [100, false]);
  await clock.advance(99);
  assertEquals([deadline.remaining(), deadline.passed], [1, false]);
  await clock.advance(1);
  assertEquals([deadline.remaining(), deadline.passed], [0, true]);
  await clock.advance(1);
  assertEquals([deadline.remaining(), deadline.passed], [0, true]);
  assertEquals([Deadline.after(0).passed, Deadline.after(-5).passed], [true, true]);
  assertEquals(Deadline.after(-Infinity).remaining(), 0);
});

Deno.test("Deadline.after() refuses what is no duration, naming the argument and the way out", () => {
  assertThrows(
    () => Deadline.after("5" as unknown as number),
    TypeError,
    'Cannot use timeout "5": give a number of milliseconds',
  );
  assertThrows(() => Deadline.after(NaN, "interval"), RangeError, "Cannot use interval NaN");
});
