/** The far side of a traced run: does a call and records what happened in it. */
import { isThenable } from "../../core/check.ts";
import { addSpan, type SpanKind, trace, traceTime } from "../../core/trace.ts";
import { findTarget, portable, resolveTarget, type Target } from "../../wire/codec/portable.ts";

/**
 * Calls `target` with `input` and records the call in this lane.
 *
 * What a function does before it first waits is running; what comes after that is, as far as can be seen
 * from outside, waiting for input or output. Locks and the Gil record their own waiting.
 */
export const traced: (target: Target, input: unknown, label: string) => Promise<unknown> = portable(
  import.meta,
  async function traced(target: Target, input: unknown, label: string): Promise<unknown> {
    // Without a wait, where that is possible: what called this may hold a lock until the first one.
    const found = findTarget(target) ?? await resolveTarget(target);
    const fn = found as (input: unknown) => unknown;
    const record = (kind: SpanKind, start: number, end: number): void =>
      addSpan({ lane: trace.lane, name: label, kind, start, end });
    const start = traceTime();
    let waitsFrom = start;
    let waits = false;
    try {
      const result = fn(input);
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
