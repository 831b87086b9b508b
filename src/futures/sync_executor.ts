import { checkOptions } from "../core/check.ts";
import type { JobRate } from "../wire/pool/job_gate.ts";
import { BaseExecutor } from "./base_executor.ts";
import { InlinePool } from "./inline_pool.ts";

/** How a `SyncExecutor` is made. */
export interface SyncExecutorOptions {
  /** How many jobs may begin in how long; more wait. Default: any number. */
  rate?: JobRate;
}

/**
 * Runs each job in line, inside `submit`: the model that the others are compared with.
 *
 * - A plain function has ended when `submit` returns; its failure is in the future, not thrown.
 * - Asynchronous functions run one after another; what waits meanwhile begins by its priority. A stream is one of them
 *   until its generator is made; what reads it may submit here.
 * - Arguments and results are shared with the caller, not copied.
 * - A job that runs plainly cannot be stopped: a timeout or signal is only looked at when it ends.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SyncExecutor } from "@quartet/concurrency/futures";
 *
 * await using executor = new SyncExecutor();
 * assertEquals(executor.submit((n: number) => n * n, 7).result(), 49);
 * ```
 */
export class SyncExecutor extends BaseExecutor {
  /**
   * Makes the executor; there is nothing to start.
   *
   * @throws {RangeError} if the rate cannot be meant.
   */
  constructor(options: SyncExecutorOptions = {}) {
    checkOptions(options, "new SyncExecutor()", "rate: { limit: 10, interval: 1000 }");
    super(new InlinePool(1, true, options.rate), 1);
  }
}
