import { now } from "../../core/clock.ts";
import { type Span, startTrace, stopTrace, traceTime } from "../../core/trace.ts";
import { type AnyFunction, targetOf } from "../../wire/codec/portable.ts";
import type { Trace, TraceSpan } from "./comparison.ts";
import type { Setup } from "./candidate.ts";
import type { LoadModel } from "../models/load_model.ts";
import { preload, traced } from "./traced_call.ts";
import type { Workload } from "../workloads/workload.ts";

/** More calls cannot be told apart in a picture. */
const MOST_CALLS = 200;

/** Has the work done once more, by an executor that records, and returns what happened when. */
export async function recordTrace(
  workload: Workload,
  row: Setup,
  inputs: readonly unknown[],
  loadModel: LoadModel,
): Promise<Trace> {
  const target = targetOf(workload.run as AnyFunction);
  const handed = inputs.slice(0, MOST_CALLS);
  const hand = row.variant?.hand ?? ((input: never) => input);
  const open = await loadModel(row.model);
  startTrace(); // before the executor is there: its members record when the one who opens them does
  try {
    await using executor = open(row.workers);
    await executor.ready();
    await executor.broadcast(preload, target);
    const warmUp = workload.kind === "io" ? [] : handed.slice(0, row.workers);
    await Promise.all(
      warmUp.map((input) => executor.submit(traced, target, hand(input as never), "warm-up")),
    );
    const given = handed.map((input) => hand(input as never));
    const zero = traceTime();
    const started = now();
    await Promise.all(
      given.map((input, i) => executor.submit(traced, target, input, `${workload.name} ${i + 1}`)),
    );
    const durationMs = now() - started;
    const spans = stopTrace();
    const placed = named(arrange(spans, zero), row.model);
    return { workload: workload.name, model: row.name, durationMs, spans: placed };
  } finally {
    stopTrace();
  }
}

/** Calls the members of an executor by their kind and number, whatever the executor calls them. */
function named(spans: readonly TraceSpan[], model: Setup["model"]): TraceSpan[] {
  if (model === "sync" || model === "async") return [...spans];
  const kind = model === "processes" ? "process" : "thread";
  const lanes = [...new Set(spans.map(({ lane }) => lane))]
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return spans.map((span) => ({ ...span, lane: `${kind} ${lanes.indexOf(span.lane) + 1}` }));
}

/** Sorts what was recorded after `zero`, and gives calls that overlap in one lane a lane each. */
export function arrange(spans: readonly Span[], zero: number): TraceSpan[] {
  const after = spans
    .filter(({ name }) => name !== "warm-up" && name !== traced.name) // the pools' own, around ours
    .filter(({ start, end }) => start >= zero && end >= start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const lanes = new Map<string, Span[][]>();
  const placed: TraceSpan[] = [];
  for (const span of after) {
    const rows = lanes.get(span.lane) ?? [];
    lanes.set(span.lane, rows);
    if (span.kind === "job") {
      const free = rows.findIndex((row) => row.at(-1)!.end <= span.start);
      if (free === -1) rows.push([span]);
      else rows[free]!.push(span);
    }
  }
  for (const span of after) {
    const rows = lanes.get(span.lane)!;
    const home = Math.max(0, rows.findIndex((row) => row.some((job) => contains(job, span))));
    placed.push({
      lane: rows.length > 1 ? `task ${home + 1}` : span.lane,
      name: span.name,
      kind: span.kind,
      start: round(span.start - zero),
      end: round(span.end - zero),
    });
  }
  return placed;
}

/** Whether `span` belongs to `job`: it is the job, or its like-named part, or lies within. */
function contains(job: Span, span: Span): boolean {
  if (span.kind === "job") return span === job;
  const within = job.start <= span.start && span.end <= job.end;
  return within && (span.name === job.name || span.kind === "lock");
}

/** To the microsecond: what is finer is noise and makes the file larger. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
