import type { AnyFunction } from "./portable.ts";

/** How much work, in milliseconds, may wait inside a worker behind the job that runs. */
const AHEAD = 1;

/** The most jobs that a worker gets at once. */
const WIDEST = 256;

/**
 * How many jobs of a function one worker may have at once: its credit window.
 *
 * One job per round trip leaves a worker idle for most of the time when jobs are short; many jobs at once
 * let one wait behind a slow one. So the window follows the run times: one until they are known, doubled
 * as they prove short, and back to one as soon as one was long.
 */
export class Windows {
  readonly #known = new WeakMap<AnyFunction, { slowest: number; width: number }>();

  /** The window for `fn`. */
  of(fn: AnyFunction): number {
    return this.#known.get(fn)?.width ?? 1;
  }

  /** Notes that a job of `fn` took `ms` milliseconds. */
  note(fn: AnyFunction, ms: number): void {
    const known = this.#known.get(fn);
    if (known === undefined) {
      this.#known.set(fn, { slowest: ms, width: 1 });
      return;
    }
    // Slow ones count at once, fast ones little by little.
    known.slowest = ms > known.slowest ? ms : known.slowest * 0.9 + ms * 0.1;
    const fits = Math.max(1, Math.min(WIDEST, Math.floor(AHEAD / known.slowest)));
    known.width = Math.min(fits, known.width * 2);
  }
}
