import { InlineExecutor } from "./inline_executor.ts";

/** How an `AsyncExecutor` is made. */
export interface AsyncExecutorOptions {
  /** How many jobs may run at once; default: all. */
  maxConcurrency?: number;
}

/**
 * Runs jobs as asynchronous tasks of this thread: for work that waits.
 *
 * - Jobs begin after `submit` returned, in the order in which they came, as many at once as allowed.
 * - A job that computes holds up all others: there is one thread.
 * - On abort or timeout the job's future ends at once and its `currentSignal()` aborts.
 *
 * @example Ten waits take as long as one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { delay } from "@std/async";
 * import { AsyncExecutor } from "@quartet/concurrency/futures";
 *
 * await using executor = new AsyncExecutor({ maxConcurrency: 10 });
 * const waits = Array.from({ length: 10 }, (_, n) => executor.submit(() => delay(10).then(() => n)));
 * assertEquals(await Promise.all(waits), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
 * ```
 */
export class AsyncExecutor extends InlineExecutor {
  /**
   * Makes the executor.
   *
   * @throws {RangeError} if `maxConcurrency` is not a whole number of 1 or more.
   */
  constructor(options: AsyncExecutorOptions = {}) {
    const { maxConcurrency = Infinity } = options;
    if (maxConcurrency !== Infinity && (!Number.isInteger(maxConcurrency) || maxConcurrency < 1)) {
      throw new RangeError(
        `Cannot use maxConcurrency ${maxConcurrency}: give a whole number of 1 or more`,
      );
    }
    super(maxConcurrency, false);
  }
}
