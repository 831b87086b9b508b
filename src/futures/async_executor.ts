import { checkOptions, show } from "../core/check.ts";
import type { JobRate } from "../wire/pool/job_gate.ts";
import { BaseExecutor } from "./base_executor.ts";
import { InlinePool } from "./inline_pool.ts";

/** How an `AsyncExecutor` is made. */
export interface AsyncExecutorOptions {
  /** How many jobs may run at once; default: all. */
  maxConcurrency?: number;
  /** How many jobs may begin in how long; default: any number. */
  rate?: JobRate;
}

/**
 * Runs jobs as asynchronous tasks of this thread: for work that waits.
 *
 * - Jobs begin after `submit` returned, those of a higher priority first and then in the order in which they came,
 *   as many at once as allowed.
 * - Arguments and results are shared with the caller, not copied: what is changed after `submit` is changed for the
 *   job too, and `transfer` moves nothing. That is where threads and processes differ.
 * - A job that computes holds up all others: there is one thread.
 * - On abort or timeout the job's future ends at once and its `currentSignal()` aborts. A job that does not stop
 *   within a second is given up: it goes on, but holds up neither others nor `shutdown` (`zombies` in the statistics).
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
 *
 * @example At most two requests in each 20 ms, and a pause
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { AsyncExecutor } from "@quartet/concurrency/futures";
 *
 * await using executor = new AsyncExecutor({ rate: { limit: 2, interval: 20 } });
 * executor.pause();
 * const requests = [1, 2, 3].map((n) => executor.submit(() => Promise.resolve(n)));
 * assertEquals(executor.statistics().queued, 3);
 * executor.resume();
 * await executor.onIdle();
 * assertEquals(requests.map((each) => each.result()), [1, 2, 3]);
 * ```
 */
export class AsyncExecutor extends BaseExecutor {
  /**
   * Makes the executor.
   *
   * @throws {RangeError} if `maxConcurrency` is not a whole number of 1 or more, or the rate cannot be meant.
   */
  constructor(options: AsyncExecutorOptions = {}) {
    checkOptions(options, "new AsyncExecutor()", "maxConcurrency: 10");
    const { maxConcurrency = Infinity, rate } = options;
    if (maxConcurrency !== Infinity && (!Number.isInteger(maxConcurrency) || maxConcurrency < 1)) {
      throw new RangeError(
        `Cannot use maxConcurrency ${show(maxConcurrency)}: give a whole number of 1 or more`,
      );
    }
    super(new InlinePool(maxConcurrency, false, rate), maxConcurrency);
  }
}
