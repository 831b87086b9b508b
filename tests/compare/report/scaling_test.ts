/** Break-even and prediction, as they are drawn. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Comparison, toDrawing, toHtml, toSvg } from "../../../src/compare/mod.ts";

const golden: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("./golden/comparison.json", import.meta.url)),
);

const comparison: Comparison = {
  ...golden,
  breakEven: [
    { workload: "cpu", model: "threads", taskMs: { value: 0.05, low: 0.04, high: 0.06 } },
    { workload: "cpu", model: "processes", taskMs: null },
  ],
  prediction: [8, 4].map((cores) => ({
    workload: "cpu",
    model: "threads",
    cores,
    speedup: { value: cores * 0.9, low: cores * 0.8, high: cores },
  })),
};

Deno.test("toDrawing() describes from which length of a task on models pay, and for which none", () => {
  const [cpu, io] = toDrawing(comparison).sections;
  const { rows, from, to } = cpu!.breakEven!;
  assertEquals(rows.map(({ model, figures }) => [model, figures]), [
    ["threads", "50.0 µs (40.0 µs – 60.0 µs)"],
    ["processes", "pays at no length that was tried"],
  ]);
  assert(from < 0.04 && to > 0.06);
  assertEquals([io!.breakEven, io!.prediction], [undefined, undefined]);
});

Deno.test("toDrawing() describes a prediction as a curve in a band, by the number of cores", () => {
  const { curves, cores, most } = toDrawing(comparison).sections[0]!.prediction!;
  assertEquals([cores, most], [8, 8]);
  assertEquals(curves.map(({ points }) => points.map(({ cores }) => cores)), [[4, 8]]);
  assertStringIncludes(curves[0]!.figures, "threads: 7.20× on 8 cores");
});

Deno.test("pictures have ticks in plain figures, and no place that is no number", () => {
  const edge = { value: 0, low: 0, high: 1e9 };
  const strange: Comparison = {
    ...comparison,
    breakEven: [{ workload: "cpu", model: "threads", taskMs: edge }],
    prediction: [{ workload: "cpu", model: "threads", cores: 0, speedup: edge }],
  };
  for (const each of [comparison, strange]) {
    for (const report of [toSvg, toHtml]) {
      assertEquals(/="[^"<]*(?:NaN|Infinity)/.exec(report(each)), null);
    }
  }
  assertStringIncludes(toSvg(comparison), ">0.1</text>");
});
