import { isThenable, show } from "../../core/check.ts";
import { CancelledError, TimeoutError } from "../../core/errors.ts";
import { waitBehind } from "../../core/withdrawal/withdrawable.ts";
import type { Awaitable } from "../task/awaitable.ts";
import { isGenerator } from "../task/coroutine_like.ts";
import { giveBackOf } from "../task/begin_work.ts";
import { ensureFuture } from "../task/ensure_future.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { hasArrived } from "../task/cancel_state.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { Operation } from "../task/operation.ts";

/**
 * Waits for `work`, but only so long: then it is cancelled, and `TimeoutError` thrown.
 *
 * - The error is thrown once the clean-up of the work has ended. If the work fails meanwhile, that
 *   failure is thrown; if it gives a result all the same, that is given.
 * - Cancelled itself, it cancels the work.
 * - With a time of 0 or less, a coroutine or function does not even begin.
 * - A wait of this package, for threads and processes too, is withdrawn and takes nothing. Any other promise cannot be
 *   cancelled: it is left alone.
 *
 * Not like Python 3.12: the work runs in a task of its own.
 *
 * Source: Python's `asyncio.wait_for`.
 *
 * @param timeout milliseconds; `null`: no bound.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { run, sleep, TimeoutError, waitFor } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   assertEquals(await waitFor(sleep(1, "early"), 1000), "early");
 *   await assertRejects(async () => await waitFor(sleep(1000, "late"), 1), TimeoutError);
 * });
 * ```
 */
export function waitFor<T>(work: Awaitable<T>, timeout: number | null): Operation<T> {
  if (timeout !== null && (typeof timeout !== "number" || Number.isNaN(timeout))) {
    throw new TypeError(`Cannot wait for ${show(timeout)}: give a number of milliseconds, or null`);
  }
  const loop = runningOrDefaultLoop();
  const begun: { future: LoopFuture<T> | null } = { future: null };
  const body = bounded(work, timeout, begun);
  return new Operation(loop, runningTask(), body, undefined, () => {
    giveBackOf(work, begun.future!);
  });
}

/**
 * The wait for the work, which notes a cancel from the waiter's side, as of a task, a group or a scope: then it is not
 * the time alone that ends the work.
 */
class BoundedWork<T> extends LoopFuture<T> {
  readonly #work: LoopFuture<T>;
  readonly #given: unknown;
  /** Whether the waiter was cancelled. */
  asked = false;

  /** @param given what the work was made of. */
  constructor(work: LoopFuture<T>, given: unknown) {
    super(work.getLoop());
    this.#work = work;
    this.#given = given;
    if (work.done()) this.wake(work);
    else work.waitFor(this);
  }

  override get handsOver(): boolean {
    return this.#work.handsOver;
  }

  override get arrived(): boolean {
    return !this.done() && hasArrived(this.#work);
  }

  override get outlivedCancel(): boolean {
    return this.#work.outlivedCancel;
  }

  /** The work is asked by itself, if it is a task. */
  override get closed(): boolean {
    return this.#work.closed;
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): [LoopFuture<T>] {
    return [this.#work];
  }

  override cancel(message?: string): boolean {
    if (this.done() || !this.#work.cancel(message)) return false;
    return this.asked = true;
  }

  override giveBack(): void {
    giveBackOf(this.#given, this.#work);
  }

  /** The work has ended. */
  wake(work: LoopFuture<T>): void {
    if (work.cancelled()) this.cancelInPass((work.failure() as Error).message || undefined);
    else if (work.failed) this.failInPass(work.exception());
    else this.settleInPass(work.result());
  }
}

function* bounded<T>(
  work: Awaitable<T>,
  timeout: number | null,
  begun: { future: LoopFuture<T> | null },
): Generator<unknown, T, unknown> {
  const loop = runningOrDefaultLoop();
  if (timeout !== null && timeout <= 0 && notBegun(work)) {
    if (isGenerator(work)) work.return(undefined as T);
    throw new TimeoutError("The timeout had passed before the work began");
  }
  const future = ensureFuture<T>(work, loop);
  begun.future = future;
  const wait = new BoundedWork<T>(future, work);
  let expired = false;
  const expire = (): void => {
    expired = future.cancel() || expired;
  };
  if (timeout !== null && timeout <= 0 && !future.done() && !isBare(work)) expire();
  const timer = timeout === null || future.done() || expired
    ? null
    : loop.callLater(Math.max(0, timeout), expire);
  try {
    return yield* wait;
  } catch (error) {
    if (!expired || wait.asked || !(error instanceof CancelledError)) throw error;
    throw new TimeoutError("The work took too long", { cause: error });
  } finally {
    timer?.cancel();
  }
}

/** Whether it is a promise that may have resolved: only its next turn tells. */
function isBare(work: unknown): boolean {
  return isThenable(work) && !(work instanceof LoopFuture) && waitBehind(work) === null;
}

function notBegun(work: unknown): boolean {
  return !(work instanceof LoopFuture) && (typeof work === "function" || isGenerator(work));
}
