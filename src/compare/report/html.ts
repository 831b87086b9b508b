import { PAGE_SCRIPT, PAGE_SCRIPT_HASH } from "../assets/page_script.js";
import type { Comparison } from "../measure/comparison.ts";
import { formatCount, formatTime } from "../measure/figures.ts";
import { cellsOf, HEADINGS, type Section, workloadsOf } from "./cells.ts";
import { COLUMN_NOTES } from "./column_notes.ts";
import { type Drawing, type DrawingSection, toDrawing } from "./drawing.ts";
import { PAGE_STYLE } from "./html_style.ts";
import { KIND_TITLES, LANE_KINDS, type LaneChart, type LaneModel } from "./lanes.ts";
import { packComparison } from "./packing.ts";
import { frame } from "./svg.ts";
import { drawBars } from "./svg/bars.ts";
import { drawLanes } from "./svg/lanes.ts";
import { drawBreakEven, drawPrediction } from "./svg/scaling.ts";
import { escapeMarkup, MEDIUM, NARROW, type Part, WIDE } from "./svg/marks.ts";

/** Nothing but the one script and the styles that stand in the page, and no request to anywhere. */
const POLICY = `default-src 'none'; script-src 'sha256-${PAGE_SCRIPT_HASH}'; ` +
  "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A table has at most so many lanes of a model; the rest is summed up in a row. */
const LISTED = 64;

/**
 * The comparison as one HTML page that makes no request to anywhere: verdicts, tables, bars and lanes.
 *
 * - Without script, and on paper, it is complete: pictures are SVG, and beside each picture of lanes there is a table.
 * - With script, lanes can be zoomed, moved and filtered, by pointer, touch and keyboard, and tell what is under
 *   the pointer; and everything that was measured can be saved as JSON.
 * - A Content-Security-Policy in the page allows that one script only: no name and no error text can bring another.
 *
 * @throws {TypeError} if `comparison` is none.
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
  const drawing = toDrawing(comparison);
  const sections = workloadsOf(comparison)
    .map((section, i) => writeSection(section, drawing.sections[i]!, i));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${drawing.title}</title>
<style>
${PAGE_STYLE}
</style>
</head>
<body>
<main>
<h1>${drawing.title}</h1>
<p class="soft">${escapeMarkup(drawing.machine)}</p>
${drawing.origin.map((line) => `<p class="soft">${writeOrigin(line)}</p>`).join("\n")}
${sections.join("\n")}
${drawing.notes.map((note) => `<p class="soft">${escapeMarkup(note)}</p>`).join("\n")}
<section aria-labelledby="columns">
<h2 id="columns">What the columns say</h2>
<dl>
${HEADINGS.map((each) => `<dt>${each}</dt><dd>${COLUMN_NOTES[each] ?? ""}</dd>`).join("\n")}
</dl>
<p><a id="download" class="button" href="#" download="comparison.json" hidden>Save the figures as JSON</a></p>
</section>
</main>
<script type="application/json" id="comparison">${asData(comparison)}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** The figures as the page's script reads them. */
function asData(comparison: Comparison): string {
  return JSON.stringify(packComparison(comparison)).replaceAll("<", "\\u003c");
}

function writeSection(section: Section, drawn: DrawingSection, number: number): string {
  const { workload, tasks, verdict, bars, lanes, breakEven, prediction, findings } = drawn;
  const name = escapeMarkup(workload);
  return `<section aria-labelledby="workload-${number}">
<h2 id="workload-${number}">${name} <small>${tasks}</small></h2>
${verdict === undefined ? "" : `<p class="verdict">${escapeMarkup(verdict)}</p>`}
<figure>
<figcaption>How many times as fast as sync each model is: the bar is the ratio of the medians, the whisker the
${bars.whisker}, each point one run.</figcaption>
${eachWidth((width) => drawBars(bars, width), `Speed-ups of ${workload}`)}</figure>
${writeFigures(section)}
${findings.map((finding) => `<p class="soft">${escapeMarkup(finding)}</p>`).join("\n")}
${
    breakEven === undefined ? "" : writePicture(
      "From which length of a task on a model pays: the bar begins there, the whisker is its interval.",
      (width) => drawBreakEven(breakEven, width),
      `Break-even of ${workload}`,
    )
  }${
    prediction === undefined ? "" : writePicture(
      "What more cores would bring: a prediction from a fitted model, in the band of its interval.",
      (width) => drawPrediction(prediction, width),
      `Prediction for ${workload}`,
    )
  }
${lanes === undefined ? "" : writeLanes(lanes, workload, number)}</section>`;
}

/** A picture whose figures stand in the sentences before it. */
function writePicture(caption: string, draw: (width: number) => Part, label: string): string {
  return `<figure>\n<figcaption>${caption}</figcaption>\n${eachWidth(draw, label)}</figure>\n`;
}

function writeFigures({ name, results, verdict }: Section): string {
  const head = HEADINGS.map((heading) => `<th scope="col">${heading}</th>`).join("");
  const rows = results.map((result) => {
    const [model, ...cells] = cellsOf(result).map(escapeMarkup);
    const chosen = result.model === verdict?.model;
    return `<tr${chosen ? ' class="chosen"' : ""}><th scope="row">${model}${
      chosen ? ' <span aria-label="recommended">✓</span>' : ""
    }</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<div class="wide" tabindex="0" role="group" aria-label="${
    escapeMarkup(name)
  }: figures"><table>
<caption>What was measured</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}

function writeLanes(chart: LaneChart, workload: string, number: number): string {
  return `<figure id="lanes-${number}" data-workload="${escapeMarkup(workload)}">
<figcaption>What each thread, process or task did in one extra run of each model that is in no figure.</figcaption>
<div class="static">
${eachWidth((width) => drawLanes(chart, width), `Lanes of ${workload}`)}</div>
</figure>
<details><summary>The lanes as a table</summary>
<div class="wide" tabindex="0" role="group" aria-label="${escapeMarkup(workload)}: lanes"><table>
<caption>How long each lane did what</caption>
<thead><tr><th scope="col">model</th><th scope="col">lane</th><th scope="col">calls</th>${
    LANE_KINDS.map((kind) => `<th scope="col">${KIND_TITLES[kind]}</th>`).join("")
  }</tr></thead>
<tbody>
${chart.models.flatMap(laneRows).join("\n")}
</tbody>
</table></div></details>
`;
}

function laneRows({ model, lanes }: LaneModel): string[] {
  const rest = lanes.slice(LISTED);
  const rows = lanes.slice(0, LISTED).map(({ name, calls, totals }) => ({ name, calls, totals }));
  if (rest.length > 0) {
    rows.push({
      name: `${formatCount(rest.length, "more lane")}, together`,
      calls: rest.reduce((total, { calls }) => total + calls, 0),
      totals: Object.fromEntries(LANE_KINDS.map((kind) => [
        kind,
        rest.reduce((total, { totals }) => total + totals[kind], 0),
      ])) as LaneModel["lanes"][number]["totals"],
    });
  }
  return rows.map(({ name, calls, totals }) =>
    `<tr><th scope="row">${escapeMarkup(model)}</th><td>${
      escapeMarkup(name)
    }</td><td>${calls}</td>` +
    LANE_KINDS.map((kind) => `<td>${formatTime(totals[kind])}</td>`).join("") + "</tr>"
  );
}

/** The picture for each width of a page, so that its text is never small; the style shows one of them. */
function eachWidth(draw: (width: number) => Part, label: string): string {
  return frame(draw(WIDE), WIDE, label, " broad") +
    frame(draw(MEDIUM), MEDIUM, label, " medium") +
    frame(draw(NARROW), NARROW, label, " narrow");
}

function writeOrigin({ words, code }: Drawing["origin"][number]): string {
  return escapeMarkup(words) + (code === undefined ? "" : ` <code>${escapeMarkup(code)}</code>`);
}
