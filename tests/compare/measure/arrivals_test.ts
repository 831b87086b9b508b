import "../../support/leak_guard.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { realClock } from "../../../src/core/clock.ts";
import { compare, defineWorkload } from "../../../src/compare/mod.ts";
import { arrivalTimes, measureArrivals } from "../../../src/compare/measure/arrivals.ts";

Deno.test("arrivalTimes() come at the rate that was asked for, at no fixed distance", () => {
  const times = arrivalTimes({ rate: 500, durationMs: 10_000, timeoutMs: 1 });
  assertEquals(times.length, 5000);
  assertAlmostEquals(times.at(-1)! / 10_000, 1, 0.1);
  const gaps = times.slice(1).map((at, i) => at - times[i]!);
  const mean = gaps.reduce((a, b) => a + b) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length);
  assertAlmostEquals(deviation / mean, 1, 0.1); // as of a Poisson process
});

Deno.test("measureArrivals() counts each that arrived as done or as turned away", async () => {
  let on = 0;
  let most = 0;
  const { arrived, done, shed, latencyMs } = await measureArrivals(
    async (n) => {
      most = Math.max(most, ++on);
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      on--;
      return n;
    },
    { rate: 2000, durationMs: 100, timeoutMs: 5_000 },
  );
  assertEquals([arrived, done, shed], [200, 200, 0]);
  assert(latencyMs.p50 <= latencyMs.p95 && latencyMs.p95 <= latencyMs.p99);
});

Deno.test("measureArrivals() turns away who is not seen to for a second, and counts from when each was due", async () => {
  let calls = 0;
  const { done, shed, latencyMs } = await measureArrivals(
    () => {
      const until = realClock.now() + 1_300; // all others are due meanwhile
      if (calls++ === 0) { while (realClock.now() < until); }
      return Promise.resolve();
    },
    { rate: 1000, durationMs: 20, timeoutMs: 5_000 },
  );
  assertEquals([done, shed], [1, 19]);
  assert(latencyMs.p50 >= 1_300);
});

Deno.test("compare() has calls arrive at a rate under each model", async () => {
  const work = defineWorkload({ name: "work", run: (n: number) => n, inputs: [1, 2, 3] });
  const options = { models: ["sync", "async"], repeats: 1, rate: 200 } as const;
  const { results } = await compare(work, options);
  for (const { arrivals, samples } of results) {
    assertEquals(samples.length, 1);
    assertEquals([arrivals!.rate, arrivals!.done + arrivals!.shed], [200, arrivals!.arrived]);
  }
});
