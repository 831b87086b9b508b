/**
 * What happened when: the spans of a run, from which `compare` draws its lanes.
 *
 * Nothing is recorded until somebody asks, and then each part of the library pays one branch
 * (`if (trace.active)`). A far side records on its own and sends its spans home with the results.
 */

import { epochTime } from "./clock.ts";

/** What a lane was doing: computing, waiting for input or output, waiting for a lock, or a whole job. */
export type SpanKind = "running" | "io" | "lock" | "job";

/** One stretch of time in one lane. */
export interface Span {
  /** The thread, process or task that it happened in. */
  readonly lane: string;
  /** What was done. */
  readonly name: string;
  /** Which sort of thing it was. */
  readonly kind: SpanKind;
  /** Milliseconds since the epoch, comparable between threads and processes of one machine. */
  readonly start: number;
  /** When it was over, on the same clock. */
  readonly end: number;
}

/** The state that hot paths look at. */
export const trace: { active: boolean; lane: string } = { active: false, lane: "main" };

let spans: Span[] = [];

/** The time to put into spans. */
export function traceTime(): number {
  return epochTime();
}

/** Records one span, if a trace is being recorded. */
export function addSpan(span: Span): void {
  if (trace.active) spans.push(span);
}

/** Begins to record, from nothing. */
export function startTrace(): void {
  spans = [];
  trace.active = true;
}

/** Returns what was recorded since the last call, and goes on recording. */
export function drainTrace(): Span[] {
  const drained = spans;
  spans = [];
  return drained;
}

/** Ends the recording and returns what was recorded since the last drain. */
export function stopTrace(): Span[] {
  trace.active = false;
  return drainTrace();
}

/**
 * Adds what a far side recorded.
 *
 * @throws {TypeError} if it is no list of spans: a process may say anything.
 */
export function absorbTrace(more: readonly Span[]): void {
  if (!Array.isArray(more) || !more.every(isSpan)) {
    throw new TypeError("Cannot take the spans: they are none; give what drainTrace() returned");
  }
  if (trace.active) { for (const span of more) spans.push(span); }
}

const KINDS: ReadonlySet<unknown> = new Set(["running", "io", "lock", "job"] satisfies SpanKind[]);

function isSpan(given: Span | null): boolean {
  return typeof given === "object" && given !== null && typeof given.lane === "string" &&
    typeof given.name === "string" && KINDS.has(given.kind) &&
    Number.isFinite(given.start) && Number.isFinite(given.end);
}
