/**
 * Each report over one fixed comparison, against the file that is known to be good.
 *
 * To accept what the reports say now: `deno run -A tests/compare/report/reports_test.ts`; then look at the difference.
 */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Comparison,
  toHtml,
  toMarkdown,
  toSvg,
  toTable,
  toTrace,
} from "../../../src/compare/mod.ts";
import { escapeMarkup, ticks } from "../../../src/compare/report/drawing.ts";

const folder = new URL("./golden/", import.meta.url);
const comparison: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("comparison.json", folder)),
);

const REPORTS: Record<string, (comparison: Comparison) => string> = {
  "table.txt": toTable,
  "narrow_table.txt": (each) => toTable(each, { columns: 80 }),
  "report.md": toMarkdown,
  "report.svg": toSvg,
  "report.html": toHtml,
  "perfetto.json": toTrace,
};

if (import.meta.main) {
  for (const [file, report] of Object.entries(REPORTS)) {
    Deno.writeTextFileSync(new URL(file, folder), report(comparison));
  }
}

for (const [file, report] of Object.entries(REPORTS)) {
  Deno.test(`the reports still say what golden/${file} says`, () => {
    assertEquals(report(comparison), Deno.readTextFileSync(new URL(file, folder)));
  });
}

Deno.test("toTable() keeps to the width of a terminal", () => {
  const lines = toTable(comparison, { columns: 80 }).split("\n");
  assertEquals(lines.filter((line) => line.length > 80), []);
});

Deno.test("reports say when the measuring was interrupted", () => {
  const partial = { ...comparison, complete: false };
  for (const report of [toTable, toMarkdown, toSvg, toHtml]) {
    assertStringIncludes(report(partial), "Not complete: the measuring was interrupted.");
  }
});

Deno.test("reports of nothing measured are empty, not broken", () => {
  const empty = { ...comparison, results: [], verdicts: [], traces: [] };
  for (const report of [toTable, toMarkdown, toSvg, toHtml]) assert(report(empty).length > 0);
  assertEquals(JSON.parse(toTrace(empty)).traceEvents, []);
});

Deno.test("toSvg() and toHtml() let no name become markup", () => {
  const name = `<script>"x" & 'y'</script>`;
  const hostile: Comparison = {
    ...comparison,
    results: comparison.results.map((each) => ({ ...each, workload: name, model: name })),
    verdicts: [{ workload: name, model: name, why: name }],
    traces: comparison.traces!.map((each) => ({ ...each, workload: name, model: name })),
    notes: [name],
  };
  for (const report of [toSvg, toHtml]) {
    assertEquals(report(hostile).includes("<script"), false);
    assertStringIncludes(report(hostile), escapeMarkup(name).slice(0, 15));
  }
});

Deno.test("toTrace() nests every part of a call within its call", () => {
  interface Event {
    readonly ph: string;
    readonly pid: number;
    readonly tid: number;
    readonly cat: string;
    readonly ts: number;
    readonly dur: number;
  }
  const events: Event[] = JSON.parse(toTrace(comparison)).traceEvents;
  const calls = events.filter(({ ph, cat }) => ph === "X" && cat === "job");
  const parts = events.filter(({ ph, cat }) => ph === "X" && cat !== "job");
  for (const { pid, tid, ts, dur } of parts) {
    assert(
      calls.some((call) =>
        call.pid === pid && call.tid === tid && call.ts <= ts && ts + dur <= call.ts + call.dur
      ),
      `nothing around ${ts}`,
    );
  }
});

Deno.test("ticks() are round and few", () => {
  assertEquals(ticks(1.94, 8), [0, 0.5, 1, 1.5]);
  assertEquals(ticks(1, 8), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assertEquals(ticks(2070, 8), [0, 500, 1000, 1500, 2000]);
});
