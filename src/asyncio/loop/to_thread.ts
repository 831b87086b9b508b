import { runningOrDefaultLoop } from "./running_loop.ts";
import type { LoopFuture } from "../task/loop_future.ts";

/**
 * Runs `fn` on a thread of the loop's default pool, so that the loop goes on meanwhile.
 *
 * - `fn` must be portable, or stand by itself (it is sent as source then), and its arguments and result
 *   must be able to cross; see `portable`.
 * - Cancelling the wait cancels a job that has not begun; one that runs is asked to stop.
 *
 * Not like Python: context variables do not cross to a thread.
 *
 * Source: Python's `asyncio.to_thread`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { run, toThread } from "@quartet/concurrency/asyncio";
 *
 * const total = await run(() =>
 *   toThread((limit: number) => {
 *     let sum = 0;
 *     for (let n = 1; n <= limit; n++) sum += n;
 *     return sum;
 *   }, 1000)
 * );
 * assertEquals(total, 500500);
 * ```
 */
export function toThread<A extends unknown[], R>(
  fn: (...args: A) => R,
  ...args: A
): LoopFuture<Awaited<R>> {
  return runningOrDefaultLoop().runInExecutor(null, fn, ...args);
}
