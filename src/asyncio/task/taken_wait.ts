import type { Withdrawable } from "../../core/withdrawal/withdrawable.ts";
import { CancelledError } from "../../core/errors.ts";
import { LoopFuture } from "./loop_future.ts";
import type { Loop } from "../loop/contract.ts";

/**
 * The future that has taken a wait of another module over, as for a lock between threads or a queue between processes.
 *
 * Cancelling it withdraws the wait, and it ends when the wait has left.
 */
export class TakenWait<T> extends LoopFuture<T> {
  readonly #wait: Withdrawable<T>;
  #cancelled = false;
  /** Whether what was granted goes back as it comes. */
  #unused = false;
  #message: string | undefined = undefined;

  /**
   * Takes over the wait behind a promise.
   *
   * @param promise what it waits with.
   */
  constructor(promise: PromiseLike<T>, wait: Withdrawable<T>, loop?: Loop) {
    super(loop);
    this.#wait = wait;
    wait.disown();
    promise.then(
      (value) => {
        if (!this.#unused) return this.setResult(value);
        wait.giveBack(value);
        this.settleCancelled(this.#message);
      },
      (error) => {
        if (error instanceof CancelledError) this.settleCancelled(error.message || undefined);
        else this.fail(error);
      },
    );
  }

  override get arrived(): boolean {
    return !this.done() && this.#wait.arrived;
  }

  override get handsOver(): boolean {
    return true;
  }

  /** Whether it was cancelled and has a result all the same: a deed was done, and its canceller must be told elsewhere. */
  override get outlivedCancel(): boolean {
    return this.#cancelled && this.done() && !this.failed;
  }

  override cancel(message?: string): boolean {
    if (this.done()) return false;
    if (this.#wait.cancel(message)) return this.#cancelled = true;
    // Granted, and only not here yet: it goes back, if it can.
    if (!this.#wait.arrived || this.#wait.stands || this.#unused) return false;
    this.#message = message;
    return this.#unused = true;
  }

  override giveBack(): void {
    this.#wait.giveBack(this.result());
  }
}
