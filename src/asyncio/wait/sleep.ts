import { show } from "../../core/check.ts";
import { now } from "../../core/clock.ts";
import type { Timed } from "../loop/handles.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";

/** A future that time brings about: its own timer, since many sleep at the same time. */
class Sleep<T> extends LoopFuture<T> implements Timed {
  readonly #value: T;
  readonly #when: number;
  queue: Timed["queue"] = null;
  order = 0;

  constructor(delay: number, value: T) {
    super(runningOrDefaultLoop());
    this.#value = value;
    const loop = this.getLoop();
    this.#when = delay <= 0 ? 0 : now() + delay;
    if (delay <= 0) loop.ready.push(wakeUp, this);
    else loop.addTimed(this);
  }

  when(): number {
    return this.#when;
  }

  /** The pass has come: the waiters run in it. */
  wakeUp(): void {
    this.settleInPass(this.#value);
  }

  /** The time has come. */
  run(): void {
    if (!this.done()) this.setResult(this.#value);
  }

  /** Ends as cancelled, and takes its timer back. */
  protected override settleCancelled(message?: string): void {
    const again = this.cancelled();
    super.settleCancelled(message);
    if (!again) this.queue?.noteCancelled();
  }
}

function wakeUp(sleep: Sleep<unknown>): void {
  sleep.wakeUp();
}

/**
 * Waits for `delay` milliseconds, then gives `value`.
 *
 * - `sleep(0)` lets all others that are ready run first: one pass of the loop.
 * - Cancelled, it takes its timer back.
 *
 * Not like Python: the time begins to run with the call, not with the `await`.
 *
 * @param delay milliseconds; 0 or less: one pass.
 * @throws {TypeError} if it is no number.
 * @throws {RangeError} if it is `NaN`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTask, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => assertEquals(await sleep(1, "rested"), "rested"));
 *
 * await run(function* () {
 *   assertEquals(yield* sleep(1, "rested"), "rested");
 * });
 * ```
 */
export function sleep(delay: number): LoopFuture<void>;
/** Rests for `delay` milliseconds, and then gives `value`. */
export function sleep<T>(delay: number, value: T): LoopFuture<T>;
export function sleep<T>(delay: number, value?: T): LoopFuture<T | undefined> {
  if (typeof delay !== "number") {
    throw new TypeError(`Cannot sleep ${show(delay)}: give a number of milliseconds`);
  }
  if (Number.isNaN(delay)) {
    throw new RangeError("Cannot sleep for NaN ms: give a number of milliseconds");
  }
  return new Sleep(delay, value);
}
