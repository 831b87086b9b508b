import { InlineExecutor } from "./inline_executor.ts";

/**
 * Runs each job in line, inside `submit`: the model that the others are compared with.
 *
 * - A plain function has ended when `submit` returns; its failure is in the future, not thrown.
 * - Asynchronous functions run one after another.
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
export class SyncExecutor extends InlineExecutor {
  /** Makes the executor; there is nothing to start. */
  constructor() {
    super(1, true);
  }
}
