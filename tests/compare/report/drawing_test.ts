/** What pictures are drawn from, as data. */
import "../../support/leak_guard.ts";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type Comparison, toDrawing, type TraceSpan } from "../../../src/compare/mod.ts";
import { COLUMN_NOTES } from "../../../src/compare/report/column_notes.ts";
import { HEADINGS } from "../../../src/compare/report/cells.ts";
import { packComparison, unpackComparison } from "../../../src/compare/report/packing.ts";
import { COLOURS } from "../../../src/compare/report/svg/theme.ts";

const comparison: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("./golden/comparison.json", import.meta.url)),
);

function withSpans(spans: readonly TraceSpan[]): Comparison {
  const [trace] = comparison.traces!;
  return { ...comparison, traces: [{ ...trace!, spans }] };
}

Deno.test("toDrawing() describes each workload's bars with their intervals and one point for each run", () => {
  const { sections } = toDrawing(comparison);
  assertEquals(sections.map(({ workload }) => workload), ["cpu", "io", "messages"]);
  const { rows, most } = sections[0]!.bars;
  assertEquals(rows.map(({ model, role }) => [model, role]), [
    ["sync", "base"],
    ["threads", "chosen"],
    ["gil", "other"],
    ["processes", "other"],
    ["async", "other"],
  ]);
  for (const [i, { low, value, high, samples }] of rows.entries()) {
    const { samples: times, wallMs } = comparison.results[i]!;
    assert(low <= value && value <= high && high <= most);
    for (const [k, sample] of samples.entries()) {
      assertAlmostEquals(sample, value * wallMs.median / times[k]!);
      assert(sample <= most);
    }
  }
});

Deno.test("toDrawing() describes what each lane did, in order, and nothing as running that waits for a lock", () => {
  const span = (kind: TraceSpan["kind"], start: number, end: number, lane = "thread 1") =>
    ({ lane, name: "cpu 1", kind, start, end }) as const;
  const { lanes } = toDrawing(withSpans([
    span("job", 0, 10),
    span("running", 0, 10),
    span("lock", 2, 3),
    span("lock", 5, 6),
    span("io", 10, 12, "thread 2"),
    span("job", 10, 12, "thread 10"),
  ])).sections[0]!;
  const described = lanes!.models[0]!.lanes;
  assertEquals(described.map(({ name }) => name), ["thread 1", "thread 2", "thread 10"]);
  assertEquals(described[0]!.spans.map(({ kind, start, end }) => [kind, start, end]), [
    ["running", 0, 2],
    ["lock", 2, 3],
    ["running", 3, 5],
    ["lock", 5, 6],
    ["running", 6, 10],
  ]);
  assertEquals(described[0]!.totals, { running: 8, io: 0, lock: 2 });
  assertEquals(described.map(({ calls }) => calls), [1, 0, 1]);
});

Deno.test("a run that took no time has an axis all the same, and what is of no known kind is left out", () => {
  const odd = { lane: "x", name: "x", kind: "sleep" as never, start: 0, end: 0 };
  const strange = withSpans([odd, { ...odd, kind: "job" }, { ...odd, kind: "running" }]);
  const still = { ...strange, traces: strange.traces!.map((each) => ({ ...each, durationMs: 0 })) };
  assert(toDrawing(still).sections[0]!.lanes!.durationMs > 0);
  const [trace] = unpackComparison(packComparison(still)).traces!;
  assertEquals(trace!.spans.map(({ kind }) => kind), ["job", "running"]);
});

Deno.test("toDrawing() refuses what is no comparison", () => {
  for (const careless of [undefined, null, 1, "{}", [], {}]) {
    assertThrows(() => toDrawing(careless as never), TypeError, "Cannot use comparison");
  }
});

Deno.test("a page carries the whole comparison, to the microsecond", () => {
  const micros = JSON.parse(
    JSON.stringify(comparison),
    (key, value) => key === "start" || key === "end" ? Math.round(value * 1000) / 1000 : value,
  );
  assertEquals(unpackComparison(packComparison(comparison)), micros);
  const { traces: _, ...without } = comparison;
  assertEquals(unpackComparison(packComparison(without)), without);
});

Deno.test("every column of the tables is explained", () => {
  assertEquals(HEADINGS.filter((heading) => !(heading in COLUMN_NOTES)), []);
});

Deno.test("text has a contrast of 4.5 with its ground, marks have 3, in light and in dark", () => {
  for (const [scheme, colours] of Object.entries(COLOURS)) {
    for (const [name, colour] of Object.entries(colours)) {
      if (["ground", "tint", "line"].includes(name)) continue;
      const least = name === "ink" || name === "soft" ? 4.5 : 3;
      for (const ground of [colours.ground!, colours.tint!]) {
        const found = contrast(colour, ground);
        assert(found >= least, `${scheme} ${name} on ${ground}: ${found.toFixed(2)}`);
      }
    }
  }
});

/** As the Web Content Accessibility Guidelines define it. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
