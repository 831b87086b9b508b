import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatCount } from "../measure/figures.ts";
import { cellsOf, HEADINGS, machineLine, type Section, workloadsOf } from "./cells.ts";
import { escapeMarkup, WIDTH } from "./drawing.ts";
import { drawFigures, frame } from "./svg.ts";

const STYLE = `
:root{color-scheme:light dark;--ground:#ffffff;--ink:#1c2733;--soft:#5b6875;--line:#dfe4ea;--chosen:#17845b;--tint:#eef7f2}
@media(prefers-color-scheme:dark){:root{--ground:#12181f;--ink:#e6ebf0;--soft:#9aa7b4;--line:#2b3540;--chosen:#3fbf8a;--tint:#16261f}}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:${WIDTH}px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:48px 0 8px}h2 small,.soft{color:var(--soft);font-weight:400;font-size:14px}
.verdict{border-left:4px solid var(--chosen);background:var(--tint);padding:10px 14px;margin:12px 0 20px}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:5px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500}th:first-child,td:first-child{text-align:left}
tr.chosen td{font-weight:600}svg{max-width:100%;height:auto;margin-top:20px;display:block}`.trim();

/**
 * The comparison as one HTML page: verdicts, tables, bars and lanes; no script, no request to anywhere.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { compare, defineWorkload, toHtml } from "@quartet/concurrency/compare";
 *
 * const work = defineWorkload({ name: "half", run: (n: number) => n / 2, inputs: [1, 2] });
 * const comparison = await compare(work, { models: ["sync"], repeats: 1 });
 * assertStringIncludes(toHtml(comparison), "<!doctype html>");
 * ```
 */
export function toHtml(comparison: Comparison): string {
  checkComparison(comparison);
  const notes = [
    ...(comparison.notes ?? []).map((note) => `Note: ${note}.`),
    ...(comparison.complete ? [] : ["Not complete: the measuring was interrupted."]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>One function, measured in every way to run it</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
<h1>One function, measured in every way to run it</h1>
<p class="soft">${escapeMarkup(machineLine(comparison))}</p>
${workloadsOf(comparison).map(section).join("\n")}
${notes.map((note) => `<p class="soft">${escapeMarkup(note)}</p>`).join("\n")}
</main>
</body>
</html>
`;
}

function section(each: Section): string {
  const { name, results, verdict } = each;
  const head = HEADINGS.map((heading) => `<th>${heading}</th>`).join("");
  const rows = results.map((result) => {
    const cells = cellsOf(result).map((cell) => `<td>${escapeMarkup(cell)}</td>`).join("");
    return result.model === verdict?.model
      ? `<tr class="chosen">${cells}</tr>`
      : `<tr>${cells}</tr>`;
  });
  return `<section>
<h2>${escapeMarkup(name)} <small>${formatCount(results[0]!.tasks, "task")}</small></h2>
${verdict === undefined ? "" : `<p class="verdict">${escapeMarkup(verdict.why)}</p>`}
<div class="wide"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>
${frame(drawFigures(each), escapeMarkup(name), 12)}</section>`;
}
