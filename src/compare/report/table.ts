import { checkOptions } from "../../core/check.ts";
import { checkComparison, type Comparison, type Result } from "../measure/comparison.ts";
import { formatCount } from "../measure/figures.ts";
import { cellsOf, HEADINGS, machineLine, workloadsOf } from "./cells.ts";

/** The longest bar, in characters. */
const BAR = 16;

/** What is left out on a narrow terminal, one after the other, until it fits. */
const SPARED: readonly string[] = ["bar", "from – to", "start", "per task", "workers", "memory"];

/** How a table is made. */
export interface TableOptions {
  /** The width of the terminal in characters; columns are left out to fit. By default nothing is. */
  readonly columns?: number;
}

/**
 * The comparison as text for a terminal: a table with bars for each workload, and the verdict under it.
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
  checkOptions(options, "toTable()", "width: 80");
  const { columns = Infinity } = options;
  const sections = workloadsOf(comparison);
  const tables = fit(sections.map(({ results }) => results), columns);
  const lines = [...wrap(machineLine(comparison), columns), ""];
  for (const [i, { name, results, verdict }] of sections.entries()) {
    lines.push(`${name} · ${formatCount(results[0]!.tasks, "task")}`, "", ...tables[i]!, "");
    if (verdict !== undefined) {
      const words = wrap(verdict.why, Math.min(98, columns) - 2);
      lines.push(...words.map((line) => `  ${line}`), "");
    }
  }
  for (const note of comparison.notes ?? []) lines.push(...wrap(`Note: ${note}.`, columns));
  if (!comparison.complete) lines.push("Not complete: the measuring was interrupted.");
  return lines.join("\n").trimEnd() + "\n";
}

/** All tables have the same columns: as many as fit. */
function fit(all: readonly (readonly Result[])[], columns: number): string[][] {
  for (let spared = 0;; spared++) {
    const without = SPARED.slice(0, spared);
    const tables = all.map((results) => draw(results, without));
    const width = Math.max(0, ...tables.flat().map((line) => line.length));
    if (width <= columns || spared === SPARED.length) return tables;
  }
}

function draw(results: readonly Result[], without: readonly string[]): string[] {
  const kept = HEADINGS.map((_, column) => column)
    .filter((column) => !without.includes(HEADINGS[column]!));
  const rows = [HEADINGS, ...results.map(cellsOf)].map((cells) => kept.map((i) => cells[i]!));
  const widths = kept.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const most = Math.max(...results.map(({ speedup }) => speedup.value));
  const lines = rows.map((cells, i) => {
    const line = "  " + cells.map((cell, column) => pad(cell, widths[column]!, column)).join("  ");
    return i === 0 || without.includes("bar")
      ? line
      : `${line}  ${bar(results[i - 1]!.speedup.value / most)}`;
  });
  const rule = "  " + widths.map((width) => "─".repeat(width)).join("──");
  return [lines[0]!, rule, ...lines.slice(1)];
}

/** The name stands left, figures stand right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** A bar to an eighth of a character. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR * 8));
  return "█".repeat(Math.floor(eighths / 8)) + ["", ..."▏▎▍▌▋▊▉"][eighths % 8]!;
}

/** Breaks text into lines of at most `width` characters, between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
