import "../../support/leak_guard.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seededRandom } from "../../../src/compare/measure/seeded_random.ts";
import { cutFor, speedupOver } from "../../../src/compare/verdict/speedup.ts";

Deno.test("speedupOver() is the ratio of the medians", async () => {
  const { value } = await speedupOver([100, 110, 90], [10, 30, 20]);
  assertAlmostEquals(value, 5);
});

Deno.test("speedupOver() of few rounds is the range of what was seen", async () => {
  assertEquals(await speedupOver([100, 100], [50, 25]), { value: 100 / 37.5, low: 2, high: 4 });
  assertEquals(await speedupOver([100], [50]), { value: 2, low: 2, high: 2 });
});

Deno.test("cutFor() leaves out as many as the sign test allows", async () => {
  // Of tables: the interval lies between the values of these ranks, from 1.
  const table = [[2, 0], [5, 0], [6, 0], [8, 0], [9, 1], [12, 2], [15, 3], [20, 5], [30, 9]];
  for (const [rounds, cut] of table) assertEquals(await cutFor(rounds!), cut, `${rounds} rounds`);
});

Deno.test("the interval of speedupOver() holds the true ratio in 95 of 100 cases, from six rounds on", async () => {
  const random = seededRandom(7);
  const noisy = (ms: number): number =>
    ms * Math.exp(0.2 * (random() + random() - 1) + (random() < 0.1 ? 0.5 : 0));
  for (const rounds of [6, 9, 15]) {
    let held = 0;
    const cases = 400;
    for (let i = 0; i < cases; i++) {
      const reference = Array.from({ length: rounds }, () => noisy(300));
      const samples = Array.from({ length: rounds }, () => noisy(100));
      const { low, high } = await speedupOver(reference, samples);
      if (low <= 3 && 3 <= high) held++;
    }
    assert(held / cases >= 0.93, `${rounds} rounds: ${held} of ${cases}`);
  }
});
