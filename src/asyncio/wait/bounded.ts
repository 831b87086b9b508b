import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { TimeoutError } from "../../core/errors.ts";
import type { TimerHandle } from "../loop/handles.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { hasArrived } from "../task/cancel_state.ts";
import { LoopFuture } from "../task/loop_future.ts";
import type { CoroutineBody } from "../task/coroutine_driver.ts";
import { Operation } from "../task/operation.ts";
import type { TaskLike } from "../loop/contract.ts";

/**
 * Work done on behalf of the caller for so long: when the timeout has passed, or the signal aborts, the work is
 * cancelled, and when it has cleaned up the wait ends with `TimeoutError`, or with the signal's reason.
 */
class Bounded<T> extends LoopFuture<T> {
  readonly #work: Operation<T>;
  #instead: { readonly error: unknown } | null = null;

  constructor(work: Operation<T>, { timeout, signal }: WaitOptions) {
    super(work.getLoop());
    this.#work = work;
    let timer: TimerHandle | null = null;
    if (timeout !== undefined && timeout !== Infinity) {
      const late = (): void =>
        this.#end(new TimeoutError(`The work was not done within ${timeout} ms`));
      timer = this.getLoop().callLater(timeout, late);
    }
    const abort = (): void => this.#end(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    work.addDoneCallback(() => {
      timer?.cancel();
      signal?.removeEventListener("abort", abort);
      if (this.done()) return;
      if (!work.failed) this.setResult(work.result());
      else if (!work.cancelled()) this.fail(work.exception());
      else if (this.#instead !== null) this.fail(this.#instead.error);
      else this.settleCancelled((work.failure() as Error).message || undefined);
    });
  }

  /** On whose behalf it is: that task's waits stand in it already. */
  get host(): TaskLike<unknown> | null {
    return this.#work.host;
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): [Operation<T>] {
    return [this.#work];
  }

  override get handsOver(): boolean {
    return true;
  }

  override get arrived(): boolean {
    return !this.done() && hasArrived(this.#work);
  }

  override cancel(message?: string): boolean {
    return !this.done() && this.#work.cancel(message);
  }

  #end(error: unknown): void {
    this.#instead = { error };
    this.#work.cancel();
  }
}

/**
 * Begins to run `body` on behalf of the task that calls, perhaps bounded.
 *
 * @throws {TypeError | RangeError} if the options are none of a wait.
 */
export function perform<T>(
  body: () => CoroutineBody<T>,
  options: WaitOptions = {},
): LoopFuture<T> {
  checkWaitOptions(options);
  const { timeout, signal } = options;
  if (signal?.aborted) {
    const aborted = new Aborted<T>();
    aborted.because(signal.reason);
    return aborted;
  }
  const work = new Operation(runningOrDefaultLoop(), runningTask(), body());
  return timeout === undefined && signal === undefined ? work : new Bounded(work, options);
}

/** What was not begun, since its signal was aborted before. */
class Aborted<T> extends LoopFuture<T> {
  because(reason: unknown): void {
    this.fail(reason);
  }
}
