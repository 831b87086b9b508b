import { checkOptions, show } from "../../core/check.ts";
import type { Comparison } from "../measure/comparison.ts";
import { type DrawingSection, toDrawing } from "./drawing.ts";
import { drawBars } from "./svg/bars.ts";
import { drawLanes } from "./svg/lanes.ts";
import { drawBreakEven, drawPrediction } from "./svg/scaling.ts";
import { escapeMarkup, type Part, stack, text, WIDE } from "./svg/marks.ts";
import { colourVariables, MARK_STYLE } from "./svg/theme.ts";
import { wrap } from "./table.ts";

const MARGIN = 24;

/** How a picture is drawn. */
export interface SvgOptions {
  /** Its colours; by default it follows the reader's setting. */
  readonly scheme?: "light" | "dark";
}

/**
 * The comparison as one SVG picture: bars of the speed-ups with their intervals, and, where a trace was
 * recorded, a lane for each thread, process or task (running, waiting for I/O, waiting for a lock).
 *
 * Follows the reader's light or dark setting, if no scheme is given; needs no script and no font.
 *
 * @throws {TypeError} if `comparison` is none, or the scheme is neither light nor dark.
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
export function toSvg(comparison: Comparison, options: SvgOptions = {}): string {
  checkOptions(options, "toSvg()", 'scheme: "dark"');
  const { scheme } = options;
  if (scheme !== undefined && scheme !== "light" && scheme !== "dark") {
    throw new TypeError(`Cannot draw in scheme ${show(scheme)}: there are light and dark`);
  }
  const drawing = toDrawing(comparison);
  const title = text(MARGIN, 22, drawing.title, "h1") + text(MARGIN, 44, drawing.machine, "soft");
  const parts = [
    { svg: title, height: 48 },
    ...drawing.sections.map(drawSection),
    ...paragraph([
      ...drawing.notes,
      ...drawing.origin.map(({ words, code }) => code === undefined ? words : `${words} ${code}`),
    ]),
  ];
  const { svg, height } = stack(parts, 34);
  const style = `<style>${colourVariables(".q", scheme)}\n${MARK_STYLE}</style>\n` +
    `<rect class="ground" width="${WIDE}" height="${Math.ceil(height + 2 * MARGIN)}"/>\n`;
  return frame(
    {
      svg: `${style}<g transform="translate(0 ${MARGIN})">\n${svg}\n</g>`,
      height: height + 2 * MARGIN,
    },
    WIDE,
    drawing.title,
  );
}

/** A part as a picture of its own; a page has the style of all of them. */
export function frame({ svg, height }: Part, width: number, label: string, more = ""): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" class="q${more}" ` +
    `viewBox="0 0 ${width} ${Math.ceil(height)}" width="${width}" height="${Math.ceil(height)}" ` +
    `role="img" aria-label="${escapeMarkup(label)}">\n${svg}\n</svg>\n`;
}

function drawSection(section: DrawingSection): Part {
  const { workload, tasks, verdict, bars, lanes, breakEven, prediction, findings } = section;
  const heading = `<text x="${MARGIN}" y="14" class="h2">${escapeMarkup(workload)}` +
    `<tspan dx="10" class="soft tasks">${tasks}</tspan></text>`;
  const why = verdict === undefined ? [] : wrap(verdict, 140);
  const words = why.map((line, i) => text(MARGIN, 36 + i * 17, line)).join("\n");
  const intro = { svg: `${heading}\n${words}`, height: 22 + why.length * 17 };
  const figures = [
    drawBars(bars, WIDE),
    ...paragraph(findings),
    ...(breakEven === undefined ? [] : [drawBreakEven(breakEven, WIDE)]),
    ...(prediction === undefined ? [] : [drawPrediction(prediction, WIDE)]),
    ...(lanes === undefined ? [] : [drawLanes(lanes, WIDE)]),
  ];
  return stack([intro, stack(figures, 22)], 14);
}

/** Sentences as lines of text; no part where there is none. */
function paragraph(sentences: readonly string[]): Part[] {
  const lines = sentences.flatMap((sentence) => wrap(sentence, 140));
  if (lines.length === 0) return [];
  return [{
    svg: lines.map((line, i) => text(MARGIN, 12 + i * 17, line, "soft")).join("\n"),
    height: lines.length * 17,
  }];
}
