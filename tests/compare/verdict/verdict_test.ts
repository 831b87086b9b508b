import "../../support/leak_guard.ts";
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import type { Result } from "../../../src/compare/mod.ts";
import { decide, isComputing } from "../../../src/compare/verdict/verdict.ts";

/** A result of work whose sync run takes a second; `[value, low, high]` or a value with an interval of 2 %. */
function result(
  model: string,
  speedup: number | readonly [number, number, number],
  more: Partial<Result> = {},
): Result {
  const [value, low, high] = typeof speedup === "number"
    ? [speedup, speedup * 0.98, speedup * 1.02]
    : speedup;
  const median = 1000 / value;
  return {
    workload: "work",
    kind: "mixed",
    model,
    tasks: 10,
    workers: /^(threads|processes|gil)/.test(model) ? 2 : 1,
    samples: [median],
    wallMs: { median, min: median, max: median },
    rounds: 8,
    speedup: { value, low, high },
    cpuShare: 1,
    startMs: 10,
    peakRssBytes: 2 ** 28,
    addedBytes: /^processes/.test(model) ? 2 ** 27 : /^(threads|gil)/.test(model) ? 2 ** 24 : 0,
    checksum: "",
    ...more,
  };
}

const computes = result("sync", 1, { cpuShare: 0.99 });
const waits = result("sync", 1, { cpuShare: 0.02 });
const short = result("sync", 1, {
  tooShort: true,
  wallMs: { median: 0.4, min: 0.4, max: 0.4 },
});

/** Figures, the model that they are for, and what the sentence under them has to say. */
const TABLE: readonly [name: string, rows: Result[], model: string | null, says: RegExp][] = [
  [
    "an async function that reads a file goes to async, whatever sync spent on it",
    [
      result("sync", 1, { cpuShare: 0.9 }),
      result("threads", 2.06),
      result("async", [5.92, 5.14, 6.93]),
    ],
    "async",
    /5\.92 times as fast as sync \(5\.14 to 6\.93\); threads reach 2\.06/,
  ],
  [
    "the same with four inputs",
    [
      waits,
      result("threads", 1.2),
      result("async", [2.57, 2.1, 2.9]),
    ],
    "async",
    /2\.57 times/,
  ],
  [
    "computing goes to the faster of threads and processes: threads",
    [computes, result("threads", 1.9), result("processes", 1.5), result("async", 1)],
    "threads",
    /computes \(CPU time ÷ wall time 0\.99\).*1\.90 times as fast as sync \(1\.86 to 1\.94\); processes reach 1\.50/,
  ],
  [
    "computing goes to the faster of threads and processes: processes",
    [computes, result("threads", 1.4), result("processes", 1.5)],
    "processes",
    /threads reach 1\.40/,
  ],
  [
    "of those that are about as fast the one with less memory, and the other is told why not",
    [computes, result("threads", 1.9), result("processes", 1.93)],
    "threads",
    /processes reach 1\.93, with 128 MiB instead of 16 MiB/,
  ],
  [
    "nobody is faster than sync when handing over costs more",
    [computes, result("threads", 0.1), result("processes", 0.05)],
    "sync",
    /one call takes 100 ms, and handing it over costs more than that saves/,
  ],
  [
    "a doubtful interval is no reason to leave sync",
    [computes, result("threads", [1.3, 0.8, 1.7])],
    "sync",
    /no other model is faster beyond doubt \(threads reach 1\.30\)/,
  ],
  [
    "waiting goes to async when async overlaps it, and threads are told why not",
    [waits, result("threads", 9.6, { workers: 10 }), result("async", 9.7)],
    "async",
    /waits \(CPU time ÷ wall time 0\.02\), 100 ms in each call.*threads reach 9\.60 with 10 threads and 16 MiB/,
  ],
  [
    "waiting goes to threads when calls block, so that async cannot overlap it",
    [waits, result("threads", 5), result("async", 1)],
    "threads",
    /async reaches 1\.00/,
  ],
  [
    "waiting goes to threads when they are far ahead of async",
    [waits, result("threads", 9), result("async", 4)],
    "threads",
    /async reaches 4\.00/,
  ],
  ["sync alone", [waits], "sync", /no other model was measured/],
  [
    "sync beside async that overlaps nothing",
    [waits, result("async", 1)],
    "sync",
    /no other model is faster beyond doubt/,
  ],
  ["the Gil alone is never to be used", [result("gil", 1)], null, /^It cannot be said: only gil/],
  [
    "sync and a Gil that overlaps the waiting: something pays, and it was not measured",
    [waits, result("gil", 8.5)],
    null,
    /even under Python's lock \(gil\) threads make it 8\.50 times.*measure them/,
  ],
  [
    "sync and a Gil that does not",
    [computes, result("gil", 0.98)],
    "sync",
    /no other model was measured/,
  ],
  [
    "the Gil beside threads gets a sentence",
    [computes, result("threads", 1.9), result("gil", 0.98)],
    "threads",
    /Under Python's lock \(gil\) threads would reach 0\.98, since they take turns/,
  ],
  [
    "the rows of Python get a sentence and are never to be used",
    [waits, result("async", 9), result("python-sync", 0.9), result("python-asyncio", 9.5)],
    "async",
    /Of Python's rows python-asyncio is the fastest, 9\.50 times as fast as sync here\.$/,
  ],
  [
    "without sync nothing is said about computing or waiting",
    [result("threads", 1), result("async", 3)],
    "async",
    /3\.00 times as fast as threads.*sync was not measured, so whether the work computes or waits is not known/,
  ],
  [
    "without sync and without a difference",
    [result("threads", 1), result("processes", [1.02, 0.9, 1.1])],
    null,
    /no model is faster than threads beyond doubt/,
  ],
  ["one model alone", [result("threads", 1)], null, /only threads was measured/],
  [
    "what is over too soon to be measured says so",
    [short, result("threads", 0.2)],
    "sync",
    /one run takes 400 µs, too short to tell whether the work computes or waits/,
  ],
  [
    "calls that are shorter than their submission are no reason for async",
    [
      result("sync", 1, { tasks: 4000, wallMs: { median: 12, min: 12, max: 12 } }),
      result("threads", 0.5),
      result("async", 1.7),
    ],
    "sync",
    /async reaches 1\.70, which of calls this short is only what submitting them costs/,
  ],
  [
    "a few rounds of what is over at once tell nothing",
    [{ ...short, rounds: 1 }, result("async", 4, { rounds: 1 })],
    "sync",
    /too short/,
  ],
  [
    "two rounds give a range, and it is called so",
    [computes, result("threads", [1.8, 1.7, 1.9], { rounds: 2 })],
    "threads",
    /1\.80 times as fast as sync \(1\.70 to 1\.90 in 2 rounds\)/,
  ],
  [
    "one round gives no interval, and says so",
    [computes, result("threads", 1.8, { rounds: 1 })],
    "threads",
    /\(in the one round that was made\)/,
  ],
  [
    "wide intervals make nobody about as fast who is much slower, however little memory it takes",
    [computes, result("threads", [1.9, 1.2, 2.2]), result("async", [1.3, 1.06, 1.6])],
    "threads",
    /async reaches 1\.30/,
  ],
  [
    "the Gil gets its sentence without sync, too",
    [result("threads", 1), result("async", 3), result("gil", 0.5)],
    "async",
    /\(gil\) threads would reach 0\.50/,
  ],
  [
    "one unlucky round is no reason to leave async where the work waits",
    [
      { ...waits, rounds: 1 },
      result("threads", 9, { rounds: 1, workers: 10 }),
      result("async", 3.5, { rounds: 1 }),
    ],
    "async",
    /threads reach 9\.00 with 10 threads/,
  ],
  [
    "gevent can be used",
    [waits, result("gevent", 9)],
    "gevent",
    /gevent on one thread makes it 9\.00 times/,
  ],
];

for (const [name, rows, model, says] of TABLE) {
  Deno.test(`decide(): ${name}`, () => {
    const verdict = decide(rows);
    assertEquals(verdict.model, model, verdict.why);
    assertMatch(verdict.why, says);
    assertMatch(verdict.why, model === null ? /^It cannot be said:/ : /^Use \S+:/);
  });
}

Deno.test("decide() never passes over in silence whoever is faster than sync", () => {
  const models = ["threads", "processes", "async", "gil", "python-threads", "threads-shared"];
  for (const base of [computes, waits, short]) {
    for (let picked = 1; picked < 2 ** models.length; picked++) {
      const rows = models.filter((_, i) => picked & (1 << i)).map((model, i) =>
        result(model, 2 + i)
      );
      const { why } = decide([base, ...rows]);
      const canBeSaid = rows.filter(({ model }) => !model.startsWith("python"));
      for (const { model } of canBeSaid) assertStringIncludes(why, model);
    }
  }
});

Deno.test("decide() says that it cannot say, on a machine that others keep busy", () => {
  const doubtful = [computes, result("threads", [1.2, 0.7, 1.9])];
  const busy = decide(doubtful, { rounds: 6, disturbed: 4 });
  assertEquals(busy.model, null);
  assertStringIncludes(busy.why, "kept the machine busy in 4 of 6 rounds");
  assertEquals(decide(doubtful, { rounds: 6, disturbed: 1 }).model, "sync");
  const sure = [computes, result("threads", 1.9)];
  assertEquals(decide(sure, { rounds: 6, disturbed: 6 }).model, "threads");
  const slower = [computes, result("threads", 0.1)];
  assertEquals(decide(slower, { rounds: 6, disturbed: 6 }).model, "sync");
});

Deno.test("decide() does not take a busy machine for work that waits", () => {
  const shared = { ...computes, samples: [400, 2000], cpuShare: 0.33 };
  const quiet = { ...shared, wallMs: { median: 1200, min: 400, max: 2000 } };
  const verdict = decide([quiet, result("threads", 1.9), result("async", 1)]);
  assertEquals(verdict.model, "threads");
  assertStringIncludes(verdict.why, "CPU time ÷ wall time 0.99 in its quietest run");
});

Deno.test("decide() does not take waiting for a core for waiting", () => {
  const shared = { ...computes, cpuShare: 0.29, samples: [1000, 1000], coreWaitMs: 1400 };
  const verdict = decide([shared, result("threads", 1.9), result("async", 1)]);
  assertEquals(verdict.model, "threads");
  assertStringIncludes(
    verdict.why,
    "computes (CPU time ÷ wall time 0.97 without waiting for a core",
  );
  assertEquals(isComputing({ ...waits, samples: [1000], coreWaitMs: 900 }), false);
});

Deno.test("isComputing() goes by what was measured, whatever the workload was said to be", () => {
  assertEquals(isComputing({ ...computes, kind: "io" }), true);
  assertEquals(isComputing({ ...waits, kind: "cpu" }), false);
  assertEquals(isComputing(short), null);
});

Deno.test("decide() needs a result", () => {
  assertThrows(() => decide([]), TypeError, "measure first");
});
