import { now } from "../../core/clock.ts";
import { type Span, startTrace, stopTrace, traceTime } from "../../core/trace.ts";
import { type AnyFunction, targetOf } from "../../wire/codec/portable.ts";
import { algorithmOf } from "../models/gil.ts";
import type { Workload } from "../workloads/workload.ts";
import { argumentsOf } from "./call.ts";
import { allResults, type WatchedCall } from "./call_watch.ts";
import { type Instruments, type Setup, workplaceOf } from "./candidate.ts";
import type { Trace, TraceSpan } from "./comparison.ts";
import { preload, traced, type TracedCall } from "./traced_call.ts";

/** More calls cannot be told apart in a picture. */
const MOST_CALLS = 200;

/** The label of calls that are made before anything counts. */
const WARM_UP = "warm-up";

/** Has the work done once more, by an executor that records, and returns what happened when. */
export async function recordTrace(
  workload: Workload,
  row: Setup,
  inputs: readonly unknown[],
  { loadModel, timeoutMs }: Pick<Instruments, "loadModel" | "timeoutMs">,
): Promise<Trace> {
  const target = targetOf(workload.run as AnyFunction);
  const handed = workload.together ? inputs : inputs.slice(0, MOST_CALLS);
  const hand = row.variant?.hand ?? workload.handTo?.[row.model] ?? ((input: never) => input);
  const algorithm = algorithmOf(row.model);
  // The Gil goes with each call instead of around the pool's own, so that waiting for it lies within the call.
  const open = await loadModel(algorithm === undefined ? row.model : "threads");
  const gil = algorithm === undefined ? undefined : await newGil(algorithm);
  startTrace(); // before the executor is there: its workers record if their parent does when it opens them
  try {
    await using executor = open(row.workers);
    await executor.ready();
    await executor.broadcast(preload, target);
    const callOf = (input: unknown, label: string): TracedCall => ({
      target,
      args: argumentsOf(hand(input as never), workload.spread),
      label,
      ...(gil === undefined ? {} : { gil }),
    });
    const warmUp = workload.together
      ? handed
      : handed.slice(0, workload.kind === "io" ? 0 : row.workers);
    await Promise.all(warmUp.map((input) => executor.submit(traced, callOf(input, WARM_UP))));
    const given = handed.map((input, i) => callOf(input, `${workload.name} ${i + 1}`));
    const submitted = new Map<string, number>();
    const zero = traceTime();
    const started = now();
    const calls = given.map((call) => {
      submitted.set(call.label, traceTime());
      return executor.submit(traced, call);
    });
    await allResults(calls as WatchedCall[], timeoutMs);
    const durationMs = now() - started;
    const spans = arrange(stopTrace(), zero, submitted);
    return {
      workload: workload.name,
      model: row.name,
      durationMs,
      calls: handed.length,
      tasks: inputs.length,
      spans: named(spans, row.model),
    };
  } finally {
    stopTrace();
  }
}

async function newGil(algorithm: "timeslice" | "ticks") {
  const { Gil } = await import("../../threading/mod.ts");
  return new Gil({ algorithm });
}

/** Calls the workers by their kind and number, whatever the executor calls them. */
function named(spans: readonly TraceSpan[], model: Setup["model"]): TraceSpan[] {
  const where = workplaceOf(model);
  if (where === "here") return [...spans];
  const kind = where === "processes" ? "process" : "thread";
  const lanes = [...new Set(spans.map(({ lane }) => lane))]
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return spans.map((span) => ({ ...span, lane: `${kind} ${lanes.indexOf(span.lane) + 1}` }));
}

/**
 * Sorts what was recorded after `zero`, each part beside its call, and gives calls that overlap in one lane a
 * lane each. What lies in no call is left out.
 *
 * @param submitted when each call was submitted, by its name.
 */
export function arrange(
  spans: readonly Span[],
  zero: number,
  submitted: ReadonlyMap<string, number> = new Map(),
): TraceSpan[] {
  const after = spans
    .filter(({ name }) => name !== WARM_UP && name !== traced.name) // the pools' own, around ours
    .filter(({ start, end }) => start >= zero && end >= start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const lanes = new Map<string, Span[][]>();
  for (const span of after) {
    if (span.kind !== "job") continue;
    const rows = lanes.get(span.lane) ?? [];
    lanes.set(span.lane, rows);
    const free = rows.find((row) => row.at(-1)!.end <= span.start);
    if (free === undefined) rows.push([span]);
    else free.push(span);
  }
  return after.flatMap((span) => {
    const rows = lanes.get(span.lane) ?? [];
    const home = rows.findIndex((row) => row.some((job) => contains(job, span)));
    if (home === -1) return [];
    const at = span.kind === "job" ? submitted.get(span.name) : undefined;
    return [{
      lane: laneName(span.lane, rows.length, home),
      name: span.name,
      kind: span.kind,
      start: round(span.start - zero),
      end: round(span.end - zero),
      ...(at === undefined ? {} : { submitted: round(at - zero) }),
    }];
  });
}

/** Tasks of this thread are tasks; those of another stay with their thread. */
function laneName(lane: string, rows: number, row: number): string {
  if (rows === 1) return lane;
  return lane === "main" ? `task ${row + 1}` : `${lane}, task ${row + 1}`;
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
