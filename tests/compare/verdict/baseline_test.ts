import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Comparison, Result } from "../../../src/compare/mod.ts";
import {
  type Change,
  changeOf,
  compareWithBaseline,
  hasWorsened,
} from "../../../src/compare/verdict/baseline.ts";

const golden: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("../report/golden/comparison.json", import.meta.url)),
);

/** The same comparison with rows that took `factor` times as long. */
function slowed(factor: number, which: (result: Result) => boolean): Comparison {
  const results = golden.results.map((each) => {
    if (!which(each)) return each;
    const samples = each.samples.map((ms) => ms * factor);
    const { median, min, max } = each.wallMs;
    const wallMs = { median: median * factor, min: min * factor, max: max * factor };
    return { ...each, samples, wallMs };
  });
  return { ...golden, results };
}

const TABLE: readonly [name: string, now: number[], before: number[], Change["change"]][] = [
  [
    "twice as slow in every one of five rounds",
    [20, 21, 22, 20, 21],
    [10, 11, 10, 11, 10],
    "slower",
  ],
  [
    "twice as fast in every one of five rounds",
    [10, 11, 10, 11, 10],
    [20, 21, 22, 20, 21],
    "faster",
  ],
  ["three rounds, far apart", [40, 41, 42], [10, 11, 10], "slower"],
  ["three rounds that do not overlap, but could by chance", [12, 13, 14], [10, 11, 11.9], "unsure"],
  ["one round proves nothing", [100], [10], "unsure"],
  [
    "a difference of 3 % is not worth telling",
    [10.3, 10.3, 10.3, 10.3],
    [10, 10, 10, 10],
    "unsure",
  ],
  ["five rounds that overlap", [12, 14, 13, 12, 10], [10, 11, 13, 10, 12], "unsure"],
  [
    "many rounds that overlap a little",
    [12, 14, 13, 12, 13, 12, 14, 13, 12, 10.5],
    [10, 10, 11, 10, 10, 11, 10, 12.5, 10, 11],
    "slower",
  ],
];

for (const [name, now, before, change] of TABLE) {
  Deno.test(`changeOf(): ${name}`, async () => {
    const middle = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1]!;
    assertEquals(await changeOf(now, before, middle(now) / middle(before)), change);
  });
}

Deno.test("compareWithBaseline() finds no change in the same figures", async () => {
  const report = await compareWithBaseline(golden, golden);
  assertEquals(hasWorsened(report), false);
  assertEquals(report.changes.every(({ change }) => change === "unsure"), true);
});

Deno.test("compareWithBaseline() names what is slower and what is faster", async () => {
  const now = slowed(3, ({ workload, model }) => workload === "cpu" && model === "threads");
  const report = await compareWithBaseline(now, golden);
  assertEquals(hasWorsened(report), true);
  assertStringIncludes(report.lines[0]!, "cpu, threads: slower, 127 ms then, 381 ms now");
  const back = await compareWithBaseline(golden, now);
  assertEquals(hasWorsened(back), false);
  assertStringIncludes(back.lines[0]!, "cpu, threads: faster");
});

Deno.test("compareWithBaseline() says nothing about another machine or other work", async () => {
  const now = slowed(3, () => true);
  const elsewhere = { ...golden, machine: { ...golden.machine, cores: 64 } };
  assertEquals((await compareWithBaseline(now, elsewhere)).changes, []);
  const larger = { ...now, results: now.results.map((each) => ({ ...each, tasks: 99 })) };
  assertEquals((await compareWithBaseline(larger, golden)).changes, []);
  assertEquals((await compareWithBaseline(now, { ...golden, results: [] })).changes, []);
});

Deno.test("compareWithBaseline() refuses what is no comparison", async () => {
  await assertRejects(() => compareWithBaseline(golden, {} as Comparison), TypeError);
});
