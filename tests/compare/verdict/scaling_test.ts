import "../../support/leak_guard.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  breakEvenOf,
  fitScaling,
  predict,
  type ScalingLaw,
  speedupBy,
} from "../../../src/compare/verdict/scaling.ts";

function pointsOf(law: ScalingLaw, counts: readonly number[]) {
  return counts.map((workers) => ({ workers, speedup: speedupBy(law, workers) }));
}

Deno.test("fitScaling() finds the law again by which the points were made", () => {
  const law = { overhead: 1.1, contention: 0.05, coherency: 0.002 };
  const [found] = fitScaling(pointsOf(law, [1, 2, 4, 8]));
  assertAlmostEquals(found!.overhead, law.overhead, 1e-9);
  assertAlmostEquals(found!.contention, law.contention, 1e-9);
  assertAlmostEquals(found!.coherency, law.coherency, 1e-9);
});

Deno.test("fitScaling() is Amdahl's law where there is no coherency", () => {
  const serial = 0.1;
  const amdahl = (n: number) => 1 / (serial + (1 - serial) / n);
  const points = [1, 2, 4].map((workers) => ({ workers, speedup: amdahl(workers) }));
  const [law] = fitScaling(points);
  assertAlmostEquals(speedupBy(law!, 64), amdahl(64), 1e-6);
});

Deno.test("fitScaling() of two points tells both ways to read them, the hopeful one first", () => {
  const laws = fitScaling([{ workers: 1, speedup: 1 }, { workers: 2, speedup: 1.8 }]);
  assertEquals(laws.length, 2);
  const [hopeful, gloomy] = laws.map((law) => speedupBy(law, 16));
  assert(hopeful! > gloomy!, `${hopeful} and ${gloomy}`);
  for (const law of laws) assertAlmostEquals(speedupBy(law, 2), 1.8);
});

Deno.test("fitScaling() makes no cost negative, so that nothing grows faster than its workers", () => {
  const [law] = fitScaling([
    { workers: 1, speedup: 1 },
    { workers: 2, speedup: 2.4 },
    { workers: 4, speedup: 5 },
  ]);
  assertEquals([law!.contention, law!.coherency].every((cost) => cost >= 0), true);
  assert(speedupBy(law!, 8) <= 8);
});

Deno.test("predict() spans all rounds and all ways to read them", () => {
  const points = [{ workers: 1, speedups: [1, 1, 1] }, { workers: 2, speedups: [1.9, 1.8, 1.7] }];
  const { value, low, high } = predict(points, 8);
  assert(low < value && value < high && high < 8, `${low} ${value} ${high}`);
});

Deno.test("breakEvenOf() finds where the speed-up passes 1, on the logarithm of the length", () => {
  const points = [
    { taskMs: 0.01, speedups: [0.5, 0.5, 0.5] },
    { taskMs: 1, speedups: [1.5, 1.5, 1.5] },
  ];
  const { value, low, high } = breakEvenOf(points)!;
  assertAlmostEquals(value, 0.1);
  assertEquals([low, high], [value, value]);
});

Deno.test("breakEvenOf() counts only what pays to the longest length, and says when nothing does", () => {
  const once = { taskMs: 0.01, speedups: [1.2] };
  const never = { taskMs: 0.1, speedups: [0.9] };
  const pays = { taskMs: 10, speedups: [1.9] };
  assert(breakEvenOf([once, never, pays])!.value > 0.1);
  assertEquals(breakEvenOf([once, never]), null);
  assertEquals(breakEvenOf([once, pays])!.value, 0.01);
});
