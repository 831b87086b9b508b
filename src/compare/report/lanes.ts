import type { Trace, TraceSpan } from "../measure/comparison.ts";
import { formatCount, formatTime } from "../measure/figures.ts";
import type { Section } from "./cells.ts";

/** What happened when in one workload, for each model on one scale of time. */
export interface LaneChart {
  /** The length of the longest run, in milliseconds. */
  readonly durationMs: number;
  /** In the order of the table. */
  readonly models: readonly LaneModel[];
  /** What the axis shows. */
  readonly axis: string;
}

/** One run. */
export interface LaneModel {
  /** The model, or the name of another row. */
  readonly model: string;
  /** How long the run took, in milliseconds. */
  readonly durationMs: number;
  /** How many calls are shown: the first ones. */
  readonly calls: number;
  /** How many calls a run makes. */
  readonly tasks: number;
  /** One for each thread, process or task. */
  readonly lanes: readonly Lane[];
}

/** What one thread, process or task did. */
export interface Lane {
  /** The name of the thread, process or task. */
  readonly name: string;
  /** How many calls it made. */
  readonly calls: number;
  /** How many milliseconds it did each thing; what waits for a lock is not running. */
  readonly totals: Readonly<Record<LaneKind, number>>;
  /** In the order of their beginning; what is called running is without the waiting for locks in it. */
  readonly spans: readonly LaneSpan[];
}

/** One stretch of it. */
export interface LaneSpan {
  /** What it did. */
  readonly kind: LaneKind;
  /** The call that it belongs to. */
  readonly name: string;
  /** Milliseconds since the beginning of the run. */
  readonly start: number;
  /** Milliseconds since the beginning of the run. */
  readonly end: number;
}

/** What a lane shows. */
export type LaneKind = "running" | "io" | "lock";

/** All of them, in the order of a legend. */
export const LANE_KINDS: readonly LaneKind[] = ["running", "io", "lock"];

/** What they are called. */
export const KIND_TITLES: Readonly<Record<LaneKind, string>> = {
  running: "running",
  io: "waiting for I/O",
  lock: "waiting for a lock",
};

/** How much of a lane's height each takes, so that they are told apart without colours, too. */
export const KIND_SHARES: Readonly<Record<LaneKind, number>> = { running: 1, io: 0.4, lock: 0.7 };

/** Up to so many lanes of a model are drawn high enough for a label each. */
export const LABELLED = 16;

/** No picture is of less time, in milliseconds. */
const SHORTEST = 0.001;

/** Describes the lanes of a workload; nothing where no trace was recorded. */
export function describeLanes({ traces }: Pick<Section, "traces">): LaneChart | undefined {
  if (traces.length === 0) return undefined;
  return {
    // An axis needs some length, also of a run that took none.
    durationMs: Math.max(SHORTEST, ...traces.map(({ durationMs }) => durationMs)),
    models: traces.map(describeModel),
    axis: "time since the run began",
  };
}

/** How long a run took, how many lanes it has, and whether they show all calls. */
export function modelLine({ durationMs, calls, tasks, lanes }: LaneModel): string {
  const part = calls < tasks ? `, the first ${calls} of ${tasks} calls` : "";
  return `${formatTime(durationMs)}, ${formatCount(lanes.length, "lane")}${part}`;
}

/** The unit in which times up to `most` milliseconds read well, and how many milliseconds it has. */
export function timeUnit(most: number): { readonly unit: string; readonly ms: number } {
  if (most >= 2000) return { unit: "s", ms: 1000 };
  return most >= 2 ? { unit: "ms", ms: 1 } : { unit: "µs", ms: 0.001 };
}

function describeModel({ model, durationMs, calls, tasks, spans }: Trace): LaneModel {
  const lanes = Map.groupBy(spans, ({ lane }) => lane);
  const names = [...lanes.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return {
    model,
    durationMs,
    calls,
    tasks,
    lanes: names.map((name) => describeLane(name, lanes.get(name)!)),
  };
}

function describeLane(name: string, all: readonly TraceSpan[]): Lane {
  const [running, io, lock] = LANE_KINDS.map((kind) =>
    all.filter((span) => span.kind === kind).sort((a, b) => a.start - b.start)
  );
  const spans = [...without(running!, lock!), ...io!, ...lock!]
    .map(({ kind, name, start, end }) => ({ kind: kind as LaneKind, name, start, end }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const totals = { running: 0, io: 0, lock: 0 };
  for (const { kind, start, end } of spans) totals[kind] += end - start;
  return { name, calls: all.filter(({ kind }) => kind === "job").length, totals, spans };
}

/** What is left of `spans` when the times of `others` are cut out of them; both are in order. */
function without(spans: readonly TraceSpan[], others: readonly TraceSpan[]): TraceSpan[] {
  const left: TraceSpan[] = [];
  let first = 0;
  for (const span of spans) {
    while (first < others.length && others[first]!.end <= span.start) first++;
    let { start } = span;
    for (let i = first; i < others.length && others[i]!.start < span.end; i++) {
      if (others[i]!.start > start) left.push({ ...span, start, end: others[i]!.start });
      start = Math.max(start, others[i]!.end);
    }
    if (start < span.end || span.start === span.end) left.push({ ...span, start });
  }
  return left;
}
