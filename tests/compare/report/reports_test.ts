/**
 * Each report over one fixed comparison, against the file that is known to be good.
 *
 * To accept what the reports say now: `deno run -A tests/compare/report/reports_test.ts`; then look at the difference.
 */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Comparison,
  toHtml,
  toMarkdown,
  toSvg,
  toTable,
  toTrace,
} from "../../../src/compare/mod.ts";
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH } from "../../../src/compare/assets/page_script.js";
import { escapeMarkup } from "../../../src/compare/report/svg/marks.ts";

const folder = new URL("./golden/", import.meta.url);
const comparison: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("comparison.json", folder)),
);

const REPORTS: Record<string, (comparison: Comparison) => string> = {
  "table.txt": toTable,
  "narrow_table.txt": (each) => toTable(each, { columns: 80 }),
  "report.md": toMarkdown,
  "report.svg": toSvg,
  // The script has tests of its own, and changes with the versions of its libraries.
  "report.html": (each) =>
    toHtml(each).replace(PAGE_SCRIPT, () => "").replace(PAGE_SCRIPT_HASH, () => ""),
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
  const name = `</script><script>"x" & 'y'</script><!--\0`;
  const hostile: Comparison = {
    ...comparison,
    results: comparison.results.map((each) => ({ ...each, workload: name, model: name })),
    verdicts: [{ workload: name, model: name, why: name }],
    traces: comparison.traces!.map((each) => ({
      ...each,
      workload: name,
      model: name,
      spans: each.spans.map((span) => ({ ...span, name, lane: name })),
    })),
    notes: [name],
  };
  for (const report of [toSvg, toHtml]) {
    const [scripts, comments] = [/<\/?script/g, /<!--/g];
    for (const markup of [scripts, comments]) {
      assertEquals(report(hostile).match(markup), report(comparison).match(markup));
    }
    assertEquals(report(hostile).includes("\0"), false);
    assertStringIncludes(report(hostile), escapeMarkup(name).slice(0, 15));
  }
});

Deno.test("toSvg() draws in the scheme that is asked for, else in the reader's", () => {
  const [both, light, dark] = [toSvg(comparison)].concat(
    (["light", "dark"] as const).map((scheme) => toSvg(comparison, { scheme })),
  );
  assertStringIncludes(both!, "prefers-color-scheme");
  assertEquals([light, dark].filter((svg) => svg!.includes("prefers-color-scheme")), []);
  assertStringIncludes(light!, "--ground:#ffffff");
  assertStringIncludes(dark!, "--ground:#12181f");
  for (const careless of ["blue", 1, null]) {
    assertThrows(
      () => toSvg(comparison, { scheme: careless as never }),
      TypeError,
      "light and dark",
    );
  }
});
