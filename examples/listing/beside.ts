/** Two texts beside each other, and whether they say the same. */
import type { Line } from "./run_program.ts";

/** Two columns with their titles, cut to the width. */
export function beside(
  left: readonly [title: string, lines: readonly string[]],
  right: readonly [title: string, lines: readonly string[]],
  width: number,
): string {
  const column = Math.max(20, Math.floor((width - 3) / 2));
  const fit = (text: string): string => {
    const plain = text.replaceAll("\t", "  ");
    return (plain.length > column ? plain.slice(0, column - 1) + "…" : plain).padEnd(column);
  };
  const rows = [`${fit(left[0])} │ ${right[0]}`, `${"─".repeat(column)}─┼─${"─".repeat(column)}`];
  const count = Math.max(left[1].length, right[1].length);
  for (let i = 0; i < count; i++) {
    rows.push(`${fit(left[1][i] ?? "")} │ ${fit(right[1][i] ?? "").trimEnd()}`.trimEnd());
  }
  return rows.join("\n");
}

/** The lines with the seconds at which they came. */
export function withTimes(lines: readonly Line[]): string[] {
  return lines.map(({ at, text }) => `${at.toFixed(2).padStart(5)}  ${text}`);
}

/** A line without what is another in each run: numbers of threads and processes, durations, the time of day. */
export function lasting(text: string): string {
  return text
    .replace(/[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, "<time of day>")
    .replace(/\b\d+\.\d{4,}/g, "<duration>")
    .replace(/(started|[Pp]rocess) \d+/g, "$1 <id>");
}

/** What to say of two outputs. */
export function judge(left: readonly string[], right: readonly string[]): string {
  const collapse = (lines: readonly string[]): string[] =>
    lines.map(lasting).filter((line, i, all) => line !== "" && line !== all[i - 1]);
  const [a, b] = [collapse(left), collapse(right)];
  if (a.join("\n") === b.join("\n")) return "The same lines in the same order.";
  if (a.toSorted().join("\n") === b.toSorted().join("\n")) {
    return "The same lines; their order is free, and was another one.";
  }
  if (b.slice(0, a.length).join("\n") === a.join("\n")) {
    return "The same lines, and some more here.";
  }
  return "Not the same lines; what is measured or cut off is another in each run.";
}
