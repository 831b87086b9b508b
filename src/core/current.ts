/**
 * The work that is running right now: a job of an executor, a thread's target, a task.
 *
 * Whoever runs work says so here; `currentSignal()` and `checkpoint()` ask here. From the inside out: work
 * that runs to its end in one go is entered (`enter`); tasks that interleave on one thread are found by a
 * source that follows the flow of control (`addWorkSource`), which the asynchronous parts install; under
 * both lies the one job that a whole thread or process is running (`setBaseWork`).
 */
import { onNextThread } from "./parts.ts";

/** Work that can be asked to stop. */
export interface Work {
  /** Aborted when the work is asked to stop, with the reason. */
  readonly signal: AbortSignal;
  /** What it took over when it was made (`inheritContext`); belongs to the context variables. */
  context?: unknown;
  /** Values of context variables, by name, that came along from another thread or process. */
  readonly carried?: Readonly<Record<string, unknown>> | undefined;
  /** Tells the waiters for the work how far it is. */
  report?(progress: unknown): void;
  /** Throws if the work was asked to stop; lets others run where that has a meaning. */
  checkpoint(): void;
}

let entered: Work | undefined;
let base: Work | undefined;
const sources: (() => Work | undefined)[] = [];

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** The work that is running here, if any. */
export function currentWork(): Work | undefined {
  if (entered !== undefined) return entered;
  for (const source of sources) {
    const work = source();
    if (work !== undefined) return work;
  }
  return base;
}

/** Says what this whole thread or process is running. */
export function setBaseWork(work: Work | undefined): void {
  base = work;
}

/** Makes `work` the running one of this thread and returns the one before. */
export function enter(work: Work | undefined): Work | undefined {
  const before = entered;
  entered = work;
  return before;
}

/** Adds a way to find the running work; the one added last is asked first, and the first that finds one is believed. */
export function addWorkSource(source: () => Work | undefined): void {
  sources.unshift(source);
}

/**
 * The signal of the task, thread or job that is running, here or on the far side.
 *
 * It aborts when the work is cancelled, stopped or timed out, with the reason. Give it to what waits
 * outside of quartet (`fetch`, streams, foreign promises). Outside of any work it is a signal that never aborts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { currentSignal } from "@quartet/concurrency/futures";
 *
 * assertEquals(currentSignal().aborted, false);
 * ```
 */
export function currentSignal(): AbortSignal {
  return currentWork()?.signal ?? NEVER;
}

/**
 * A place in a long loop where the work may be stopped.
 *
 * Throws the reason (a `StoppedError`, `CancelledError` or `TimeoutError`) if this work was asked to
 * stop; under a `Gil` it is also where another thread may take over. Costs one read of shared memory.
 *
 * @example
 * ```ts
 * import { checkpoint } from "@quartet/concurrency/threading";
 *
 * function countPrimes(limit: number): number {
 *   let found = 0;
 *   for (let n = 2; n < limit; n++) {
 *     checkpoint();
 *     let prime = true;
 *     for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
 *     if (prime) found++;
 *   }
 *   return found;
 * }
 * countPrimes(100);
 * ```
 */
export function checkpoint(): void {
  turn?.();
  currentWork()?.checkpoint();
}

/** Where another thread may take over, when threads take turns. */
let turn: (() => void) | null = null;

onNextThread(() => {
  turn = null;
});

/** Has `next` called at each {@link checkpoint} of this thread, and returns what was called before. */
export function setTurn(next: (() => void) | null): (() => void) | null {
  const before = turn;
  turn = next;
  return before;
}

/**
 * Tells whoever submitted the running job how far it is: its `onProgress` gets `value`.
 *
 * - What is told crosses like a result, in order, and before the result.
 * - Outside of a job, or when nobody asked for progress, it does nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { AsyncExecutor, reportProgress } from "@quartet/concurrency/futures";
 *
 * function steps(count: number): string {
 *   for (let step = 1; step <= count; step++) reportProgress(step);
 *   return "done";
 * }
 *
 * await using pool = new AsyncExecutor(); // on threads and in processes `steps` has to be portable
 * const seen: unknown[] = [];
 * await pool.submitWith({ onProgress: (step) => seen.push(step) }, steps, 3);
 * assertEquals(seen, [1, 2, 3]);
 * ```
 */
export function reportProgress(value: unknown): void {
  const work = currentWork();
  if (work?.report !== undefined) work.report(value);
  else base?.report?.(value); // a task inside of a job speaks for the job
}
