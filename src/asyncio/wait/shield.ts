import type { Future } from "../../core/future.ts";
import type { Awaitable } from "../task/awaitable.ts";
import { ensureFuture } from "../task/ensure_future.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";

/** Ends as another future does, and keeps cancels from it. */
class Shield<T> extends LoopFuture<T> {
  readonly #inner: LoopFuture<T>;
  readonly #follow = (inner: Future<T>): void => {
    if (!this.done()) this.followAll(inner as LoopFuture<T>);
  };

  constructor(inner: LoopFuture<T>) {
    super(inner.getLoop());
    this.#inner = inner;
    inner.addDoneCallback(this.#follow);
  }

  /** The work keeps nothing of a shield that is gone; a failure that nobody waits for any more is reported by it. */
  override cancel(message?: string): boolean {
    const cancelled = super.cancel(message);
    if (cancelled) this.#inner.removeDoneCallback(this.#follow);
    return cancelled;
  }

  override get handsOver(): boolean {
    return true;
  }
}

/**
 * Keeps a cancel of the waiter from the work: `await shield(work)`.
 *
 * - When the waiting task is cancelled it gets its `CancelledError` at once, and the work goes on.
 * - Results and failures come through. One that has ended already comes through at once.
 * - At the end of `run` the work is cancelled all the same. For a clean-up that must not be interrupted, a
 *   shielded {@link CancelScope} cannot orphan its work and is the better tool.
 *
 * Source: Python's `asyncio.shield`.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { createTask, run, shield, sleep } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const payment = createTask(() => sleep(3, "paid"));
 *   const waiter = createTask(() => shield(payment));
 *   await sleep(0);
 *   waiter.cancel();
 *   assertEquals(await payment, "paid");
 *   assert(waiter.cancelled());
 * });
 * ```
 */
export function shield<T>(work: Awaitable<T>): LoopFuture<T> {
  const inner = ensureFuture<T>(work, runningOrDefaultLoop());
  return inner.done() ? inner : new Shield(inner);
}
