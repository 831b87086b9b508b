import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { exactly, FULL, goesOn, QUICK } from "../../../src/compare/measure/stopping_rule.ts";

Deno.test("goesOn() makes exactly as many rounds as were asked for", () => {
  const rule = exactly(3);
  assertEquals([0, 1, 2, 3].map((rounds) => goesOn(rule, rounds, 1e9, 1e9, 0)), [
    true,
    true,
    true,
    false,
  ]);
});

Deno.test("goesOn() does not believe an interval before the third round", () => {
  assertEquals(goesOn(QUICK, 2, 100, 100, 0), true);
  assertEquals(goesOn(QUICK, 3, 100, 100, 0), false);
});

Deno.test("goesOn() makes the least number of rounds, then none that would end too late", () => {
  assertEquals(goesOn(FULL, 4, 60_000, 60_000, 1), true);
  assertEquals(goesOn(FULL, 5, 60_000, 60_000, 1), false);
  assertEquals(goesOn(FULL, 5, 5_000, 60_000, 1), true);
  assertEquals(goesOn(FULL, 30, 5_000, 60_000, 1), false);
});

Deno.test("goesOn() keeps quick measuring quick on a slow machine: one round will do, or three cheap ones", () => {
  assertEquals(goesOn(QUICK, 0, 0, 19_000, Infinity), true);
  assertEquals(goesOn(QUICK, 1, 4_000, 14_000, Infinity), false);
  assertEquals(goesOn(QUICK, 1, 4_000, 8_000, Infinity), true);
  assertEquals(goesOn(QUICK, 2, 100, 19_000, Infinity), true);
  assertEquals(goesOn(QUICK, 3, 150, 19_000, Infinity), false);
});
