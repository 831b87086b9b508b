import "../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { perturbation } from "../../src/core/perturbation.ts";
import { perturb } from "../../src/testing/mod.ts";

function choices(seed: number): number[] {
  using perturbing = perturb(seed);
  return Array.from({ length: 50 }, () => perturbing.choose(7));
}

Deno.test("perturb() makes the same choices for the same seed, others for another", () => {
  assertEquals(choices(1), choices(1));
  assertNotEquals(choices(1), choices(2));
});

Deno.test("perturb() chooses each of the ready ones about equally often", () => {
  using perturbing = perturb(3);
  const counts = Array(4).fill(0);
  for (let i = 0; i < 4000; i++) counts[perturbing.choose(4)]++;
  for (const count of counts) assert(count > 800 && count < 1200, `seed 3: ${counts}`);
  assertEquals(perturbing.choices, 4000);
});

Deno.test("perturb() is in place until it is disposed", () => {
  assertStrictEquals(perturbation.by, null);
  {
    using outer = perturb(1);
    {
      using inner = perturb(2);
      assertStrictEquals(perturbation.by, inner);
      inner.stall();
    }
    assertStrictEquals(perturbation.by, outer);
  }
  assertStrictEquals(perturbation.by, null);
});

Deno.test("perturb() draws a seed and tells it; a seed that is no whole number is refused", () => {
  using drawn = perturb();
  assertEquals(choices(drawn.seed), choices(drawn.seed));
  assertThrows(() => perturb(0.5), RangeError, "seed 0.5");
});
