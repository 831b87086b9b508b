import "../../support/leak_guard.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Result } from "../../../src/compare/mod.ts";
import { decide } from "../../../src/compare/measure/verdict.ts";

/** A result of work whose sync run takes a second. */
function result(model: string, speedup: number, more: Partial<Result> = {}): Result {
  const median = 1000 / speedup;
  return {
    workload: "work",
    kind: "mixed",
    model,
    tasks: 10,
    workers: 2,
    samples: [median],
    wallMs: { median, min: median, max: median },
    speedup: { value: speedup, low: speedup * 0.98, high: speedup * 1.02 },
    cpuShare: 1,
    startMs: 10,
    peakRssBytes: 2 ** 26,
    checksum: "",
    ...more,
  };
}

const computes = result("sync", 1, { cpuShare: 0.99 });
const waits = result("sync", 1, { cpuShare: 0.02 });

Deno.test("decide() gives computing to the faster of threads and processes", () => {
  const threads = result("threads", 1.9);
  const processes = result("processes", 1.5);
  const verdict = decide([computes, threads, processes, result("async", 1)]);
  assertEquals(verdict.model, "threads");
  assertStringIncludes(verdict.why, "CPU time ÷ wall time 0.99");
  assertStringIncludes(verdict.why, "1.90 times as fast as sync (1.86 to 1.94)");
  assertEquals(decide([computes, result("threads", 1.4), processes]).model, "processes");
});

Deno.test("decide() prefers what takes less memory among those that are about as fast", () => {
  const exact = { value: 1.9, low: 1.9, high: 1.9 };
  const single = result("threads", 1.9, { speedup: exact });
  const larger = { speedup: { value: 1.93, low: 1.93, high: 1.93 }, peakRssBytes: 2 ** 28 };
  assertEquals(decide([computes, single, result("processes", 1.93, larger)]).model, "threads");
  const threads = result("threads", 1.9);
  const processes = result("processes", 1.93, { peakRssBytes: 2 ** 28 });
  assertEquals(decide([computes, threads, processes]).model, "threads");
});

Deno.test("decide() stays with sync when crossing costs more than it saves", () => {
  const verdict = decide([computes, result("threads", 0.1), result("processes", 0.05)]);
  assertEquals(verdict.model, "sync");
  assertStringIncludes(verdict.why, "crossing costs more");
});

Deno.test("decide() stays with sync when no other is faster beyond doubt", () => {
  const doubtful = { value: 1.3, low: 0.8, high: 1.7 };
  const verdict = decide([computes, result("threads", 1.3, { speedup: doubtful })]);
  assertEquals(verdict.model, "sync");
  assertStringIncludes(verdict.why, "no other model is faster beyond doubt (threads reach 1.30)");
});

Deno.test("decide() gives waiting to async when async overlaps it", () => {
  const threads = result("threads", 9.2, { workers: 10 });
  const verdict = decide([waits, threads, result("async", 9.7)]);
  assertEquals(verdict.model, "async");
  assertStringIncludes(verdict.why, "waits (CPU time ÷ wall time 0.02), 100 ms in each call");
});

Deno.test("decide() gives waiting to threads when calls block, so async cannot overlap it", () => {
  const verdict = decide([waits, result("threads", 5), result("async", 1)]);
  assertEquals(verdict.model, "threads");
  assertStringIncludes(verdict.why, "async reaches only 1.00 times");
});

Deno.test("decide() gives waiting to threads when they are far ahead of async", () => {
  assertEquals(decide([waits, result("threads", 9), result("async", 4)]).model, "threads");
});

Deno.test("decide() stays with sync when nothing overlaps the waiting", () => {
  assertEquals(decide([waits, result("async", 1)]).model, "sync");
  assertEquals(decide([waits]).model, "sync");
});

Deno.test("decide() elects neither the Gil nor Python", () => {
  const rows = [waits, result("gil", 9), result("python-asyncio", 9), result("async", 1)];
  assertEquals(decide(rows).model, "sync");
});

Deno.test("decide() goes by what was measured, whatever the workload was said to be", () => {
  const said = { ...computes, kind: "io" as const };
  assertEquals(decide([said, result("threads", 1.9), result("async", 1)]).model, "threads");
});

Deno.test("decide() does not take a busy machine for work that waits", () => {
  const shared = { ...computes, samples: [400, 2000], cpuShare: 0.33 };
  const quiet = { ...shared, wallMs: { median: 1200, min: 400, max: 2000 } };
  const verdict = decide([quiet, result("threads", 1.9), result("async", 1)]);
  assertEquals(verdict.model, "threads");
  assertStringIncludes(verdict.why, "CPU time ÷ wall time 0.99 in its quietest run");
});

Deno.test("decide() needs a result", () => {
  assertThrows(() => decide([]), TypeError, "measure first");
});
