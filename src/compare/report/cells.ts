/** What the reports have in common: the same figures in the same words. */
import type { Comparison, Result, Trace, Verdict } from "../measure/comparison.ts";
import { formatBytes, formatCount, formatRatio, formatTime } from "../measure/figures.ts";

/** The headings of a table. */
export const HEADINGS: readonly string[] = [
  "model",
  "workers",
  "wall time",
  "from – to",
  "per task",
  "CPU ÷ wall",
  "start",
  "memory",
  "speed-up",
];

/** One row of a table, as {@link HEADINGS} heads it. */
export type Cells = readonly string[];

/** The figures of one result as text. */
export function cellsOf(result: Result): Cells {
  const { wallMs, speedup, tasks } = result;
  return [
    result.model,
    String(result.workers),
    formatTime(wallMs.median),
    formatRange(wallMs.min, wallMs.max),
    formatTime(wallMs.median / tasks),
    result.tooShort ? "too short" : formatRatio(result.cpuShare),
    formatTime(result.startMs),
    formatBytes(result.addedBytes ?? result.peakRssBytes),
    formatSpeedup(speedup),
  ];
}

/** A speed-up with its interval. */
export function formatSpeedup({ value, low, high }: Result["speedup"]): string {
  if (low === high) return `${formatRatio(value)}×`;
  return `${formatRatio(value)}× (${formatRatio(low)} – ${formatRatio(high)})`;
}

function formatRange(from: number, to: number): string {
  const [low, high] = [formatTime(from), formatTime(to)];
  if (low === high) return low;
  const [amount, unit] = low.split(" ");
  return high.endsWith(` ${unit}`) ? `${amount} – ${high}` : `${low} – ${high}`;
}

/** What belongs to one workload. */
export interface Section {
  readonly name: string;
  readonly results: readonly Result[];
  readonly verdict: Verdict | undefined;
  readonly traces: readonly Trace[];
}

/** The workloads that have figures, in order. */
export function workloadsOf(comparison: Comparison): Section[] {
  const names = [...new Set(comparison.results.map(({ workload }) => workload))];
  return names.map((name) => ({
    name,
    results: comparison.results.filter(({ workload }) => workload === name),
    verdict: comparison.verdicts.find(({ workload }) => workload === name),
    traces: comparison.traces?.filter(({ workload }) => workload === name) ?? [],
  }));
}

/** The machine and the moment in one line. */
export function machineLine({ machine, startedAt }: Comparison): string {
  return [
    ...(machine.cpu === "unknown" ? [] : [machine.cpu]),
    formatCount(machine.cores, "core"),
    ...(machine.memoryBytes === 0 ? [] : [formatBytes(machine.memoryBytes)]),
    `${machine.os} ${machine.arch}`,
    `Deno ${machine.deno}`,
    `${startedAt.slice(0, 16).replace("T", " ")} UTC`,
  ].join(" · ");
}
