import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatCount } from "../measure/figures.ts";
import { findingsOf } from "./findings.ts";
import { cellsOf, HEADINGS, machineLine, workloadsOf } from "./cells.ts";

/**
 * The comparison as Markdown: a table for each workload, and the verdict under it.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { compare, defineWorkload, toMarkdown } from "@quartet/concurrency/compare";
 *
 * const work = defineWorkload({ name: "half", run: (n: number) => n / 2, inputs: [1, 2] });
 * const comparison = await compare(work, { models: ["sync"], repeats: 1 });
 * assertStringIncludes(toMarkdown(comparison), "## half");
 * ```
 */
export function toMarkdown(comparison: Comparison): string {
  checkComparison(comparison);
  const lines = [escape(machineLine(comparison)), ""];
  for (const { name, results, verdict } of workloadsOf(comparison)) {
    lines.push(`## ${escape(name)}`, "", `${formatCount(results[0]!.tasks, "task")}.`, "");
    lines.push(row(HEADINGS), row(HEADINGS.map((_, column) => column === 0 ? ":--" : "--:")));
    for (const result of results) {
      const cells = cellsOf(result).map(escape);
      lines.push(row(result.model === verdict?.model ? cells.map((cell) => `**${cell}**`) : cells));
    }
    lines.push("");
    if (verdict !== undefined) {
      const [advice, ...why] = verdict.why.split(":");
      lines.push(`**${escape(advice!)}**:${escape(why.join(":"))}`, "");
    }
    for (const finding of findingsOf(comparison, name)) lines.push(escape(finding), "");
  }
  for (const note of comparison.notes ?? []) lines.push(`> ${escape(note)}.`, "");
  if (!comparison.complete) lines.push("Not complete: the measuring was interrupted.", "");
  return lines.join("\n").trimEnd() + "\n";
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Names come from outside; nothing in them may become markup. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|]/g, "\\$&").replaceAll("\n", " ");
}
