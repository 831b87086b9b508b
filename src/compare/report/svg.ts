import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatCount } from "../measure/figures.ts";
import { drawBars } from "./bars.ts";
import { machineLine, type Section, workloadsOf } from "./cells.ts";
import { type Drawing, escapeMarkup, stack, STYLE, text, WIDTH } from "./drawing.ts";
import { drawLanes } from "./lanes.ts";
import { wrap } from "./table.ts";

const MARGIN = 24;

/**
 * The comparison as one SVG picture: bars of the speed-ups with their intervals, and, where a trace was
 * recorded, a lane for each thread, process or task (running, waiting for I/O, waiting for a lock).
 *
 * Follows the reader's light or dark setting; needs no script and no font.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { compare, defineWorkload, toSvg } from "@quartet/concurrency/compare";
 *
 * const work = defineWorkload({ name: "half", run: (n: number) => n / 2, inputs: [1, 2] });
 * const comparison = await compare(work, { models: ["sync"], repeats: 1, trace: true });
 * assertStringIncludes(toSvg(comparison), "</svg>");
 * ```
 */
export function toSvg(comparison: Comparison): string {
  checkComparison(comparison);
  const title = text(MARGIN, 22, "One function, measured in every way to run it", "h1") +
    text(MARGIN, 44, machineLine(comparison), "soft");
  const parts = [
    { svg: title, height: 48 },
    ...workloadsOf(comparison).map(drawSection),
    ...drawNotes(comparison),
  ];
  return frame(stack(parts, 34), "One function, measured in every way to run it");
}

/** The drawing of one workload, for a page that has the words already. */
export function drawFigures({ results, verdict, traces }: Section): Drawing {
  const bars = drawBars(results, verdict);
  return stack(traces.length === 0 ? [bars] : [bars, drawLanes(traces)], 22);
}

/** A drawing as a picture of its own. */
export function frame(drawing: Drawing, title: string, margin = MARGIN): string {
  const height = Math.ceil(drawing.height + 2 * margin);
  return `<svg xmlns="http://www.w3.org/2000/svg" class="q" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img" aria-label="${title}">\n` +
    `<style>${STYLE}</style>\n` +
    `<rect class="ground" width="${WIDTH}" height="${height}"/>\n` +
    `<g transform="translate(0 ${margin})">\n${drawing.svg}\n</g>\n</svg>\n`;
}

function drawSection(section: Section): Drawing {
  const { name, results, verdict } = section;
  const heading = `<text x="${MARGIN}" y="14" class="h2">${escapeMarkup(name)}` +
    `<tspan dx="10" class="soft tasks">${formatCount(results[0]!.tasks, "task")}</tspan></text>`;
  const why = verdict === undefined ? [] : wrap(verdict.why, 140);
  const words = why.map((line, i) => text(MARGIN, 36 + i * 17, line)).join("\n");
  const intro = { svg: `${heading}\n${words}`, height: 22 + why.length * 17 };
  return stack([intro, drawFigures(section)], 14);
}

function drawNotes({ notes = [], complete }: Comparison): Drawing[] {
  const lines = [
    ...notes.map((note) => `Note: ${note}.`),
    ...(complete ? [] : ["Not complete: the measuring was interrupted."]),
  ].flatMap((note) => wrap(note, 140));
  if (lines.length === 0) return [];
  return [{
    svg: lines.map((line, i) => text(MARGIN, 12 + i * 17, line, "soft")).join("\n"),
    height: lines.length * 17,
  }];
}
