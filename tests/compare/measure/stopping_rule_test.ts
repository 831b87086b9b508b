import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { exactly, FULL, goesOn, QUICK } from "../../../src/compare/measure/stopping_rule.ts";

/** Where it stands after so many rounds; none was set aside unless `made` says so. */
function after(
  rounds: number,
  spentMs: number,
  { width = 1, sinceStartMs = spentMs, made = rounds } = {},
) {
  return { rounds, made, spentMs, sinceStartMs, width };
}

Deno.test("goesOn() makes exactly as many rounds as were asked for", () => {
  const rule = exactly(3);
  assertEquals([0, 1, 2, 3].map((rounds) => goesOn(rule, after(rounds, 1e9, { width: 0 }))), [
    true,
    true,
    true,
    false,
  ]);
});

Deno.test("goesOn() does not believe an interval before the sixth round", () => {
  assertEquals(goesOn(QUICK, after(5, 100, { width: 0 })), true);
  assertEquals(goesOn(QUICK, after(6, 100, { width: 0 })), false);
});

Deno.test("goesOn() makes the least number of rounds, then none that would end too late", () => {
  assertEquals(goesOn(FULL, after(5, 60_000)), true);
  assertEquals(goesOn(FULL, after(6, 60_000)), false);
  assertEquals(goesOn(FULL, after(6, 5_000, { sinceStartMs: 60_000 })), true);
  assertEquals(goesOn(FULL, after(30, 5_000)), false);
});

Deno.test("goesOn() keeps quick measuring quick on a slow machine: one round will do, or three cheap ones", () => {
  assertEquals(goesOn(QUICK, after(0, 0, { sinceStartMs: 19_000 })), true);
  assertEquals(goesOn(QUICK, after(1, 4_000, { sinceStartMs: 13_000 })), false);
  assertEquals(goesOn(QUICK, after(1, 4_000, { sinceStartMs: 8_000 })), true);
  assertEquals(goesOn(QUICK, after(2, 100, { sinceStartMs: 19_000 })), true);
  assertEquals(goesOn(QUICK, after(3, 150, { sinceStartMs: 19_000 })), false);
});

Deno.test("goesOn() makes rounds again that were disturbed, within the same time and not without end", () => {
  const disturbed = { width: 0, made: 9 };
  assertEquals(goesOn(FULL, after(5, 5_000, disturbed)), true);
  assertEquals(goesOn(FULL, after(5, 9_500, disturbed)), false);
  assertEquals(goesOn(FULL, after(0, 60, { made: 60 })), false);
});
