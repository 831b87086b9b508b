import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Guard } from "../../src/core/guard.ts";

Deno.test("Guard gives back once, however often it is disposed", () => {
  let released = 0;
  const held = { release: () => void released++ };
  {
    using guard = new Guard(held);
    guard[Symbol.dispose]();
    guard[Symbol.dispose]();
    assertEquals(released, 1);
  }
  assertEquals(released, 1);
  using _guard = new Guard(() => released++);
  assertEquals(released, 1);
});

Deno.test("Guard lets an error of the release out, and does not try again", () => {
  let tries = 0;
  const guard = new Guard(() => {
    tries++;
    throw new RangeError("not held");
  });
  assertThrows(() => guard[Symbol.dispose](), RangeError, "not held");
  guard[Symbol.dispose]();
  assertEquals(tries, 1);
});
