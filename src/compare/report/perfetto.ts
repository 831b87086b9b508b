import {
  checkComparison,
  type Comparison,
  type Trace,
  type TraceSpan,
} from "../measure/comparison.ts";
import { formatTime } from "../measure/figures.ts";
import { KIND_TITLES } from "./lanes.ts";

/** One event of the format; fields are named as the format names them. */
interface TraceEvent {
  /** Metadata, a stretch, the beginning and the end of an arrow, a counter. */
  readonly ph: "M" | "X" | "s" | "f" | "C";
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  /** Microseconds. */
  readonly ts?: number;
  /** Microseconds. */
  readonly dur?: number;
  /** Both ends of an arrow have the same. */
  readonly id?: number;
  /** The arrow ends at the stretch around it, not at the next one. */
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The thread from which calls are submitted stands before the lanes. */
const SUBMITTER = 1;

/**
 * The lanes of the comparison as a trace file (JSON text) for https://ui.perfetto.dev and chrome://tracing.
 *
 * Each workload under each model is a process there, each lane a thread of it. An arrow goes from the moment at
 * which a call was submitted to the call, and a counter tells how many calls waited for a worker and how many ran.
 * Without traces in the
 * comparison (`compare(…, { trace: true })`) the file has no events.
 *
 * Source: the Trace Event Format of Chrome's tracing, "complete", "metadata", "flow" and "counter" events.
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
  const events = (comparison.traces ?? []).flatMap((trace, i) => eventsOf(trace, i + 1));
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents: events }) + "\n";
}

function eventsOf({ workload, model, durationMs, spans }: Trace, pid: number): TraceEvent[] {
  const title = `${workload} · ${model} · ${formatTime(durationMs)}`;
  const lanes = new Map<string, number>();
  for (const { lane } of spans) {
    if (!lanes.has(lane)) lanes.set(lane, SUBMITTER + 1 + lanes.size);
  }
  const submitted = spans.filter(({ kind, submitted }) =>
    kind === "job" && submitted !== undefined
  );
  const names: TraceEvent[] = [
    { ph: "M", pid, tid: 0, name: "process_name", args: { name: title } },
    { ph: "M", pid, tid: 0, name: "process_sort_index", args: { sort_index: pid } },
    ...(submitted.length > 0
      ? [{ ph: "M", pid, tid: SUBMITTER, name: "thread_name", args: { name: "submits" } } as const]
      : []),
    ...[...lanes].map(([lane, tid]) =>
      ({ ph: "M", pid, tid, name: "thread_name", args: { name: lane } }) as const
    ),
  ];
  const stretches = spans.map(({ lane, name, kind, start, end }): TraceEvent => ({
    ph: "X",
    pid,
    tid: lanes.get(lane)!,
    name: kind === "job" ? name : KIND_TITLES[kind],
    cat: kind,
    ts: micros(start),
    dur: micros(end) - micros(start),
  }));
  const arrows = submitted.flatMap((job, i) => arrowOf(job, pid, lanes.get(job.lane)!, i));
  return [
    ...names,
    ...stretches,
    ...submissionsOf(submitted, pid),
    ...arrows,
    ...countersOf(submitted, pid),
  ];
}

/** Submissions are the shortest of stretches; those of one moment are one. */
function submissionsOf(jobs: readonly TraceSpan[], pid: number): TraceEvent[] {
  return [...Map.groupBy(jobs, submittedAt)].map(([ts, together]) => ({
    ph: "X",
    pid,
    tid: SUBMITTER,
    name: together.length === 1 ? `submit ${together[0]!.name}` : `submit ${together.length} calls`,
    cat: "submit",
    ts,
    dur: 0,
  }));
}

/** An arrow from the submission of a call to the call. */
function arrowOf(job: TraceSpan, pid: number, tid: number, number: number): TraceEvent[] {
  // Ids are the same in all processes of a trace, so they have to differ between ours.
  const flow = { name: "submit", cat: "submit", id: pid * 1_000_000 + number, pid } as const;
  return [
    { ...flow, ph: "s", tid: SUBMITTER, ts: submittedAt(job) },
    { ...flow, ph: "f", bp: "e", tid, ts: micros(job.start) },
  ];
}

/** A call cannot begin before it is submitted, whatever two clocks say. */
function submittedAt({ submitted, start }: TraceSpan): number {
  return Math.min(micros(submitted!), micros(start));
}

/** How many calls wait for a worker, and how many run, each time one of these changes. */
function countersOf(jobs: readonly TraceSpan[], pid: number): TraceEvent[] {
  const changes = jobs.flatMap((job) => [
    { ts: submittedAt(job), waiting: 1, running: 0 },
    { ts: micros(job.start), waiting: -1, running: 1 },
    { ts: micros(job.end), waiting: 0, running: -1 },
  ]).sort((a, b) => a.ts - b.ts);
  let [waiting, running] = [0, 0];
  return changes.flatMap((change, i): TraceEvent[] => {
    waiting += change.waiting;
    running += change.running;
    if (changes[i + 1]?.ts === change.ts) return []; // several at once are one change
    return [{ ph: "C", pid, tid: 0, name: "calls", ts: change.ts, args: { waiting, running } }];
  });
}

/** The format counts in microseconds. */
function micros(ms: number): number {
  return Math.round(ms * 1000);
}
