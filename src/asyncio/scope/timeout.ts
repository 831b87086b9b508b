import { checkDelay } from "../../core/check.ts";
import { now } from "../../core/clock.ts";
import { CancelledError, InvalidStateError, TimeoutError } from "../../core/errors.ts";
import type { TaskFunction } from "../task/awaitable.ts";
import { retypeError } from "./retype_error.ts";
import { runningTask } from "../loop/running_loop.ts";
import type { Operation } from "../task/operation.ts";
import { Scope } from "./scope.ts";
import { runInScope } from "./run_in_scope.ts";

/**
 * A block of a task that may take only so long; made by `timeout` and `timeoutAt`.
 *
 * - When the timeout has passed, the wait in the block ends with `CancelledError`, once; that error leaves the
 *   block as `TimeoutError`. Any other error passes unchanged.
 * - A block that never waits runs to its end.
 * - Nested: the inner block sees a `CancelledError` when the outer timeout has passed, and only the outer block
 *   throws `TimeoutError`.
 * - If the task itself was cancelled too, the `CancelledError` stays one.
 *
 * Source: Python's `asyncio.Timeout`.
 */
export class Timeout extends Scope implements Disposable, AsyncDisposable {
  /** Only the wait of the moment is ended, once. */
  protected readonly level = false;
  #expired = false;
  #finished = false;

  /** Made by `timeout` and `timeoutAt`. */
  constructor(when: number | null, enterNow: boolean) {
    super(enterNow);
    this.moment = when ?? Infinity;
  }

  /** The moment of `loop.time()` at which the timeout has passed; `null`: never. */
  when(): number | null {
    return this.moment === Infinity ? null : this.moment;
  }

  /**
   * Moves that moment; `null`: never.
   *
   * @throws {InvalidStateError} if the timeout has passed or the block is left.
   */
  reschedule(when: number | null): void {
    if (this.#expired || this.#finished) {
      throw new InvalidStateError("Cannot reschedule the timeout: it has ended");
    }
    this.moment = when ?? Infinity;
  }

  /** Whether the time was over before the block was left. */
  expired(): boolean {
    return this.#expired;
  }

  /** Leaves the block. */
  [Symbol.dispose](): void {
    if (this.#finished) return;
    this.withdraw();
    if (this.#expired && !this.cancelledFromOutside) {
      for (const error of this.thrown) retypeError(error, TimeoutError, "The block took too long");
    }
    this.leave();
  }

  /** Leaves the block. */
  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }

  /**
   * Runs `fn` as the block.
   *
   * @throws {InvalidStateError} if it has had a block before.
   */
  run<T>(fn: TaskFunction<T>): Operation<T> {
    return runInScope<T, T>(this, fn, {
      failed: (error) => {
        if (!this.#expired || !(error instanceof CancelledError) || this.cancelledFromOutside) {
          throw error;
        }
        throw new TimeoutError("The block took too long", { cause: error });
      },
    });
  }

  /** Leaves the block: nothing can be moved any more. */
  override leave(): void {
    this.#finished = true;
    super.leave();
  }

  /** Cancels the block: its timeout has passed. */
  protected override expire(): void {
    this.#expired = true;
    this.strike(undefined);
  }
}

/**
 * Bounds the time of a block, or of a function.
 *
 * - `await using _ = timeout(100)` (or `using`): bounds the rest of the block, inside of a task.
 * - `await timeout(100, fn)`: runs `fn` in a task of its own and gives its result; anywhere.
 * - In either form `TimeoutError` is thrown when the timeout has passed. Inside of the block the wait ends with
 *   `CancelledError` first, so that `finally` runs and may wait.
 *
 * Not like Python: with `await using` the `CancelledError` and the `TimeoutError` are one object, which changes
 * its class when the block is left, since JavaScript gives a block's end no way to replace an error.
 *
 * @param delay milliseconds; `null`: no bound, until `reschedule`.
 * @throws {InvalidStateError} without `fn`, outside of a task.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { run, sleep, timeout, TimeoutError } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   await assertRejects(async () => {
 *     await using _ = timeout(5);
 *     await sleep(1000);
 *   }, TimeoutError);
 *   await assertRejects(() => timeout(5, () => sleep(1000)), TimeoutError);
 * });
 * ```
 */
export function timeout(delay: number | null): Timeout;
/** Runs `fn` for at most `delay` milliseconds, in a task of its own. */
export function timeout<T>(delay: number | null, fn: TaskFunction<T>): Operation<T>;
export function timeout<T>(delay: number | null, fn?: TaskFunction<T>): Timeout | Operation<T> {
  if (delay !== null) checkDelay(delay, "delay");
  return make(delay === null ? null : now() + delay, fn, "timeout");
}

/**
 * As `timeout`, for a moment of `loop.time()`.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { getRunningLoop, run, sleep, timeoutAt, TimeoutError } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const end = getRunningLoop().time() + 5;
 *   await assertRejects(() => timeoutAt(end, () => sleep(1000)), TimeoutError);
 * });
 * ```
 */
export function timeoutAt(when: number | null): Timeout;
/** Runs `fn` until the moment `when` at the latest, in a task of its own. */
export function timeoutAt<T>(when: number | null, fn: TaskFunction<T>): Operation<T>;
export function timeoutAt<T>(when: number | null, fn?: TaskFunction<T>): Timeout | Operation<T> {
  return make(when, fn, "timeoutAt");
}

function make<T>(
  when: number | null,
  fn: TaskFunction<T> | undefined,
  name: string,
): Timeout | Operation<T> {
  if (fn !== undefined) return new Timeout(when, false).run(fn);
  if (runningTask() === null) {
    throw new InvalidStateError(
      `Cannot use ${name}(): no task runs here; give it the function to run`,
    );
  }
  return new Timeout(when, true);
}
