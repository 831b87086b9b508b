import { checkOptions } from "../../core/check.ts";
import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatCount, formatRatio } from "../measure/figures.ts";
import { cellsOf, HEADINGS, machineLine, type Section, workloadsOf } from "./cells.ts";
import { findingsOf } from "./findings.ts";

/** The longest bar, in characters. */
const BAR = 16;

/** What is left out on a narrow terminal, one after the other, until it fits. */
const SPARED: readonly string[] = [
  "bar",
  "from – to",
  "start",
  "per task",
  "workers",
  "memory",
  "CPU ÷ wall",
  "interval",
];

/** The widest that running text gets. */
const MEASURE = 98;

/** Before the row of the model to use, and before the others. */
const MARK = "▸ ";
const NO_MARK = "  ";

/** How parts of a table are made to look; each takes a text and returns it with what the terminal needs around it. */
export interface TableStyle {
  /** The row of the model to use, and the verdict's advice. */
  readonly chosen: (text: string) => string;
  /** The name of a workload. */
  readonly heading: (text: string) => string;
  /** What stands back. */
  readonly soft: (text: string) => string;
}

/** How a table is made. */
export interface TableOptions {
  /** The width of the terminal in characters; columns are left out to fit. By default nothing is. */
  readonly columns?: number;
  /** How parts of it look; by default all alike. */
  readonly style?: TableStyle;
}

const PLAIN: TableStyle = {
  chosen: (text) => text,
  heading: (text) => text,
  soft: (text) => text,
};

/**
 * The comparison as text for a terminal: a table with bars for each workload, the row to use marked, and the
 * verdict under it.
 *
 * @throws {TypeError} if it is no comparison, or the options are none.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { compare, defineWorkload, toTable } from "@quartet/concurrency/compare";
 *
 * const work = defineWorkload({ name: "half", run: (n: number) => n / 2, inputs: [1, 2] });
 * const comparison = await compare(work, { models: ["sync"], repeats: 1 });
 * assertStringIncludes(toTable(comparison), "half");
 * ```
 */
export function toTable(comparison: Comparison, options: TableOptions = {}): string {
  checkComparison(comparison);
  checkOptions(options, "toTable()", "columns: 80");
  const { columns = Infinity, style = PLAIN } = options;
  const sections = workloadsOf(comparison);
  const tables = fit(sections, columns, style);
  const lines = [...wrap(machineLine(comparison), columns).map(style.soft), ""];
  for (const [i, { name, results, verdict }] of sections.entries()) {
    const title = shorten(name, columns - 12);
    lines.push(`${style.heading(title)} · ${formatCount(results[0]!.tasks, "task")}`, "");
    lines.push(...tables[i]!, "");
    const told = (text: string): string[] =>
      wrap(text, Math.min(MEASURE, columns) - 2).map((line) => `  ${line}`);
    if (verdict !== undefined) {
      const [advice] = verdict.why.split(":");
      const words = told(verdict.why);
      const mark = verdict.model === null ? style.heading : style.chosen;
      words[0] = words[0]!.replace(advice!, mark(advice!));
      lines.push(...words, "");
    }
    const findings = findingsOf(comparison, name).flatMap(told);
    if (findings.length > 0) lines.push(...findings.map(style.soft), "");
  }
  for (const note of comparison.notes ?? []) lines.push(...wrap(`Note: ${note}.`, columns));
  if (!comparison.complete) lines.push("Not complete: the measuring was interrupted.");
  return lines.join("\n").trimEnd() + "\n";
}

/** All tables have the same columns: as many as fit. */
function fit(sections: readonly Section[], columns: number, style: TableStyle): string[][] {
  for (let spared = 0; spared < SPARED.length; spared++) {
    const without = SPARED.slice(0, spared);
    const widest = sections.flatMap((each) => draw(each, without, PLAIN, Infinity));
    if (Math.max(0, ...widest.map((line) => line.length)) <= columns) {
      return sections.map((each) => draw(each, without, style, Infinity));
    }
  }
  // Nothing is left to spare but the names.
  const rest = Math.max(
    ...sections.flatMap((each) => draw(each, SPARED, PLAIN, 1)).map((line) => line.length),
  );
  return sections.map((each) => draw(each, SPARED, style, Math.max(6, columns - rest + 1)));
}

/** One table; `nameWidth` is the most that a model's name may take. */
function draw(
  { results, verdict }: Section,
  without: readonly string[],
  style: TableStyle,
  nameWidth: number,
): string[] {
  const kept = HEADINGS.map((_, column) => column)
    .filter((column) => !without.includes(HEADINGS[column]!));
  const cells = results.map((result) => {
    const each = [...cellsOf(result)];
    each[0] = shorten(each[0]!, nameWidth);
    if (without.includes("interval")) {
      each[each.length - 1] = `${formatRatio(result.speedup.value)}×`;
    }
    return each;
  });
  const headings = HEADINGS.map((heading) => shorten(heading, Math.max(nameWidth, 8)));
  const rows = [without.includes("interval") ? headings : HEADINGS, ...cells]
    .map((each) => kept.map((i) => each[i]!));
  const widths = kept.map((_, column) => Math.max(...rows.map((each) => each[column]!.length)));
  const most = Math.max(...results.map(({ speedup }) => speedup.value));
  const lines = rows.map((each, i) => {
    const isChosen = i > 0 && results[i - 1]!.model === verdict?.model;
    const line = (isChosen ? MARK : NO_MARK) +
      each.map((cell, column) => pad(cell, widths[column]!, column)).join("  ");
    const withBar = i === 0 || without.includes("bar")
      ? line
      : `${line}  ${bar(results[i - 1]!.speedup.value / most)}`;
    return isChosen ? style.chosen(withBar) : i === 0 ? style.soft(withBar) : withBar;
  });
  const rule = NO_MARK + widths.map((width) => "─".repeat(width)).join("──");
  return [lines[0]!, style.soft(rule), ...lines.slice(1)];
}

/** The name stands left, figures stand right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** As much of a name as fits. */
function shorten(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, Math.max(1, width - 1))}…`;
}

/** A bar to an eighth of a character. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR * 8));
  return "█".repeat(Math.floor(eighths / 8)) + ["", ..."▏▎▍▌▋▊▉"][eighths % 8]!;
}

/** Breaks text into lines of at most `width` characters, between words; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  const most = Math.max(8, width);
  const words = text.split(" ").flatMap((word) =>
    word.length <= most ? [word] : word.match(new RegExp(`.{1,${most}}`, "gsu"))!
  );
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
