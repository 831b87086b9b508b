import { show } from "../../core/check.ts";
import { checkWaitOptions, Deadline, type WaitOptions } from "../../core/deadline.ts";
import { allocate } from "../../shared/memory/heap.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import { block, type Bounds, throwIfEnded, type Waiting } from "../../shared/parking/waiting.ts";

/** A word that nobody ever sets, so that a wait for it sleeps. */
let still: number | undefined;

/**
 * Waits `delay` milliseconds with a promise; other work of this thread goes on.
 *
 * - Ends with `StoppedError` if this thread is asked to stop.
 *
 * @param delay milliseconds; 0 gives way once.
 * @param options `signal` ends it with its reason.
 * @throws {RangeError} if `delay` is `NaN` or endless; below 0 it is as 0.
 * @throws {StoppedError} if this thread is asked to stop.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { sleep } from "@quartet/concurrency/threading";
 *
 * const start = performance.now();
 * await sleep(5);
 * assert(performance.now() - start >= 4);
 * ```
 */
export function sleep(
  delay: number,
  options?: Pick<WaitOptions, "signal">,
): Promise<void> {
  return runAsync(sleeping("sleep()", delay, options));
}

/**
 * Blocks this thread for `delay` milliseconds, as Python's `time.sleep` does. Nothing else runs on it meanwhile.
 * Not like Python: below 0 it does not wait, where Python refuses it.
 *
 * - Ends with `StoppedError` if this thread is asked to stop, where Python's could not be ended.
 *
 * @param delay milliseconds.
 * @throws {RangeError} if `delay` is `NaN` or endless; below 0 it is as 0.
 * @throws {StoppedError} if this thread is asked to stop.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { sleepSync } from "@quartet/concurrency/threading";
 *
 * const start = performance.now();
 * sleepSync(5);
 * assert(performance.now() - start >= 4);
 * ```
 */
export function sleepSync(delay: number): void {
  block(sleeping("sleepSync()", delay));
}

function boundsFor(delay: number, options?: WaitOptions): Bounds {
  checkWaitOptions(options, "sleep()");
  const signal = options?.signal;
  signal?.throwIfAborted();
  const deadline = Deadline.after(delay, "delay");
  if (deadline === Deadline.NEVER) {
    throw new RangeError(`Cannot sleep ${show(delay)} milliseconds: wait for an Event instead`);
  }
  return { deadline, signal };
}

function* sleeping(
  what: string,
  delay: number,
  options?: Pick<WaitOptions, "signal">,
): Waiting<void> {
  const bounds = boundsFor(delay, options);
  still ??= allocate(1);
  const step = { at: still, expected: 0, kind: WaitKind.sleep, ...bounds };
  for (let how = yield step; how !== "timedOut"; how = yield step) {
    throwIfEnded(how, what, bounds);
  }
}
