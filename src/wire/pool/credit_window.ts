import type { AnyFunction } from "../codec/portable.ts";

/** How much work, in milliseconds, may wait inside a worker behind the job that runs. */
const AHEAD = 1;

/** The most jobs that a worker gets at once. */
const WIDEST = 1_000;

/** Behind a job that takes less than this, in milliseconds, another may wait although it is none of the short ones. */
const NEXT = 250;

/**
 * How many jobs of a function one worker may have at once: its credit window.
 *
 * One job per round trip leaves a worker idle for most of the time when jobs are short; many jobs at once
 * let one wait behind a slow one. So the window follows the run times: one until they are known, doubled
 * as they prove short, and narrow again when their mean grows. What waits behind a slow job all the same is taken
 * back; a worker from which nothing can be taken back gets no more jobs than it begins.
 *
 * Where many jobs wait, one of them waits inside the worker also when they are not short: on a busy machine this side
 * may be late to hand it out, and the worker idle for milliseconds between two jobs. Source: the call queue of Python's
 * ProcessPoolExecutor, which has room for one more job than there are processes.
 */
export class CreditWindows {
  readonly #known = new WeakMap<AnyFunction, { expected: number; width: number }>();

  /** The window for `fn`; `many`: whether more jobs wait than there are workers. */
  of(fn: AnyFunction, many: boolean): number {
    const width = this.#known.get(fn)?.width ?? 1;
    return many && this.isNext(fn) ? 2 : width;
  }

  /** Whether a job of `fn` is not short, and yet waits inside a worker where many wait. */
  isNext(fn: AnyFunction): boolean {
    const known = this.#known.get(fn);
    return known !== undefined && known.width === 1 && known.expected < NEXT;
  }

  /** Notes that a job of `fn` took `ms` milliseconds. */
  note(fn: AnyFunction, ms: number): void {
    const known = this.#known.get(fn);
    if (known === undefined) {
      this.#known.set(fn, { expected: ms, width: 1 });
      return;
    }
    known.expected = known.expected * 0.9 + ms * 0.1;
    const fits = Math.max(1, Math.min(WIDEST, Math.floor(AHEAD / known.expected)));
    known.width = Math.min(fits, known.width * 2);
  }
}
