import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatTime } from "../measure/figures.ts";

/** One event of the format; fields are named as the format names them. */
interface TraceEvent {
  readonly ph: "M" | "X";
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  /** Microseconds. */
  readonly ts?: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const TITLES: Readonly<Record<string, string>> = {
  running: "running",
  io: "waiting for I/O",
  lock: "waiting for a lock",
};

/**
 * The lanes of the comparison as a trace file (JSON text) for https://ui.perfetto.dev and chrome://tracing.
 *
 * Each workload under each model is a process there, each lane a thread of it. Without traces in the
 * comparison (`compare(…, { trace: true })`) the file has no events.
 *
 * Source: the Trace Event Format of Chrome's tracing, "complete" and "metadata" events.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { compare, defineWorkload, toTrace } from "@quartet/concurrency/compare";
 *
 * const work = defineWorkload({ name: "half", run: (n: number) => n / 2, inputs: [1, 2] });
 * const comparison = await compare(work, { models: ["sync"], repeats: 1, trace: true });
 * assert(JSON.parse(toTrace(comparison)).traceEvents.length > 2);
 * ```
 */
export function toTrace(comparison: Comparison): string {
  checkComparison(comparison);
  const events: TraceEvent[] = [];
  for (const [i, { workload, model, durationMs, spans }] of (comparison.traces ?? []).entries()) {
    const pid = i + 1;
    const title = `${workload} · ${model} · ${formatTime(durationMs)}`;
    events.push(
      { ph: "M", pid, tid: 0, name: "process_name", args: { name: title } },
      { ph: "M", pid, tid: 0, name: "process_sort_index", args: { sort_index: i } },
    );
    const lanes = [...new Set(spans.map(({ lane }) => lane))];
    for (const [k, lane] of lanes.entries()) {
      events.push({ ph: "M", pid, tid: k + 1, name: "thread_name", args: { name: lane } });
    }
    for (const { lane, name, kind, start, end } of spans) {
      events.push({
        ph: "X",
        pid,
        tid: lanes.indexOf(lane) + 1,
        name: TITLES[kind] ?? name,
        cat: kind,
        ts: Math.round(start * 1000),
        dur: Math.round(end * 1000) - Math.round(start * 1000),
      });
    }
  }
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents: events }) + "\n";
}
