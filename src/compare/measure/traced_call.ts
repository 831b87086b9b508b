/** The far side of a traced run: does a call and records what happened in it. */
import { isThenable } from "../../core/check.ts";
import { addSpan, type SpanKind, trace, traceTime } from "../../core/trace.ts";
import { findTarget, portable, resolveTarget, type Target } from "../../wire/codec/portable.ts";
import { isGeneratorFunction, itemsOf } from "./call.ts";

/** A call that is to be traced. */
export interface TracedCall {
  readonly target: Target;
  readonly args: readonly unknown[];
  /** The name of its spans. */
  readonly label: string;
  /** The lock to run it under: a `Gil`. */
  readonly gil?: { run<R>(fn: () => R): R };
}

/**
 * Does the call and records it in this lane.
 *
 * What a function does before it first waits is running; what comes after that is, as far as can be seen
 * from outside, waiting for input or output. Locks and the Gil record their own waiting, within the call.
 */
export const traced: (call: TracedCall) => Promise<unknown> = portable(
  import.meta,
  async function traced({ target, args, label, gil }: TracedCall): Promise<unknown> {
    // Without a wait, where that is possible: what called this may hold a lock until the first one.
    const fn = findTarget(target) ?? await resolveTarget(target);
    const run = (): unknown =>
      isGeneratorFunction(fn) ? itemsOf(fn(...args as never[])) : fn(...args as never[]);
    const record = (kind: SpanKind, start: number, end: number): void =>
      addSpan({ lane: trace.lane, name: label, kind, start, end });
    const start = traceTime();
    let waitsFrom = start;
    let waits = false;
    try {
      const result = gil === undefined ? run() : gil.run(run);
      waitsFrom = traceTime();
      waits = isThenable(result);
      return waits ? await result : result;
    } finally {
      const end = traceTime();
      record("job", start, end);
      record("running", start, waits ? waitsFrom : end);
      if (waits) record("io", waitsFrom, end);
    }
  },
);

/** Has a worker load what it will call, so that the trace shows the work alone. */
export const preload: (target: Target) => Promise<void> = portable(
  import.meta,
  async function preload(target: Target): Promise<void> {
    await resolveTarget(target);
  },
);
