import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatCount } from "../measure/figures.ts";
import { type BarChart, describeBars } from "./bars.ts";
import { machineLine, workloadsOf } from "./cells.ts";
import { findingsOf } from "./findings.ts";
import { describeLanes, type LaneChart } from "./lanes.ts";
import {
  type BreakEvenChart,
  describeBreakEven,
  describePrediction,
  type PredictionChart,
} from "./scaling.ts";

/** What the SVG file and the page are drawn from: what is drawn, not where. */
export interface Drawing {
  /** The heading. */
  readonly title: string;
  /** What was measured on, and when. */
  readonly machine: string;
  /** How it was measured: in words, and what was typed. */
  readonly origin: readonly { readonly words: string; readonly code?: string }[];
  /** One for each workload that has figures. */
  readonly sections: readonly DrawingSection[];
  /** What a reader of the figures should know, each a sentence. */
  readonly notes: readonly string[];
}

/** The drawing of one workload. */
export interface DrawingSection {
  /** The workload's name. */
  readonly workload: string;
  /** How many calls one run makes, in words. */
  readonly tasks: string;
  /** The sentence that recommends a model. */
  readonly verdict: string | undefined;
  /** The speed-ups. */
  readonly bars: BarChart;
  /** What happened when, where a trace was recorded. */
  readonly lanes: LaneChart | undefined;
  /** From which length of a task on models pay, where that was measured. */
  readonly breakEven: BreakEvenChart | undefined;
  /** What more cores would bring, where that was predicted. */
  readonly prediction: PredictionChart | undefined;
  /** What else was found, each a sentence. */
  readonly findings: readonly string[];
}

/** The heading of the reports. */
export const TITLE = "One function, measured in every way to run it";

/**
 * What {@link toSvg} and {@link toHtml} draw, as data: values, intervals, samples, lanes and their words, with no
 * place and no colour in it. For drawings of one's own, and to test what a report says.
 *
 * @throws {TypeError} if `comparison` is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compare, defineWorkload, toDrawing } from "@quartet/concurrency/compare";
 *
 * const work = defineWorkload({ name: "half", run: (n: number) => n / 2, inputs: [1, 2] });
 * const { sections } = toDrawing(await compare(work, { models: ["sync"], repeats: 1 }));
 * assertEquals(sections[0]!.bars.rows.map(({ model }) => model), ["sync"]);
 * ```
 */
export function toDrawing(comparison: Comparison): Drawing {
  checkComparison(comparison);
  return {
    title: TITLE,
    machine: machineLine(comparison),
    origin: describeOrigin(comparison),
    sections: workloadsOf(comparison).map((section) => ({
      workload: section.name,
      tasks: formatCount(section.results[0]!.tasks, "task"),
      verdict: section.verdict?.why,
      bars: describeBars(section),
      lanes: describeLanes(section),
      breakEven: describeBreakEven(comparison, section.name),
      prediction: describePrediction(comparison, section.name),
      findings: findingsOf(comparison, section.name),
    })),
    notes: [
      ...(comparison.notes ?? []).map((note) => `Note: ${note}.`),
      ...(comparison.complete ? [] : ["Not complete: the measuring was interrupted."]),
    ],
  };
}

/** Files that an earlier version wrote tell less of it. */
function describeOrigin({ results, noise, tool }: Partial<Comparison>): Drawing["origin"] {
  const lines: { words: string; code?: string }[] = [];
  const rounds = results!.map(({ rounds, samples }) => rounds ?? samples.length);
  if (rounds.length > 0) {
    const [fewest, most] = [Math.min(...rounds), Math.max(...rounds)];
    const words = fewest === most ? formatCount(most, "round") : `${fewest} to ${most} rounds`;
    const disturbed = noise === undefined
      ? ""
      : ` ${noise.disturbed} of ${noise.rounds} in all were disturbed by other programs.`;
    lines.push({
      words: `Measured in ${words} of each workload, every model once in each.${disturbed}`,
    });
  }
  if (tool === undefined) return lines;
  const { version, command } = tool;
  const made = command === undefined ? {} : { code: `compare ${command.map(quote).join(" ")}` };
  return [...lines, { words: `Made by version ${version}.`, ...made }];
}

/** An argument as a shell wants it. */
function quote(argument: string): string {
  return /^[\w./:=,#@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
