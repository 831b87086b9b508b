import { Future } from "../../core/future.ts";
import { giveBack } from "../../core/guard.ts";
import { takeOver } from "./eventual.ts";
import { LoopFuture } from "./loop_future.ts";
import type { Loop } from "../loop/contract.ts";

/** Asks running work to stop. */
type Stop = (message: string | undefined) => void;

/**
 * A future of a loop that ends as something from outside ends: a promise, a future of an executor.
 *
 * Cancelling it cancels a future that can be cancelled. A promise cannot be: its outcome is ignored, but a guard
 * that it brings gives back what it holds.
 */
class AdoptedFuture<T> extends LoopFuture<T> {
  readonly #source: PromiseLike<T>;
  readonly #stop: Stop | undefined;

  constructor(source: PromiseLike<T>, loop: Loop, stop: Stop | undefined) {
    super(loop);
    this.#source = source;
    this.#stop = stop;
    source.then(
      (value) => {
        if (!this.done()) this.setResult(value);
        else giveBack(value); // a lock that nobody waits for any more
      },
      (error) => {
        if (this.done()) return;
        if (source instanceof Future && source.cancelled()) this.settleCancelled(error?.message);
        else this.fail(error);
      },
    );
  }

  override get handsOver(): boolean {
    return true;
  }

  override giveBack(): void {
    if (this.done() && !this.failed) giveBack(this.result());
  }

  override cancel(message?: string): boolean {
    if (this.done()) return false;
    const withdrawn = this.#source instanceof Future && this.#source.cancel(message);
    if (!withdrawn) this.#stop?.(message);
    return super.cancel(message);
  }
}

/**
 * The future of `loop` that ends as `source` does; of a wait of this package the future of that wait, which can be
 * cancelled.
 *
 * @param stop asks work that cannot be withdrawn any more to stop.
 */
export function futureOf<T>(source: PromiseLike<T>, loop: Loop, stop?: Stop): LoopFuture<T> {
  return takeOver(source, loop) ?? new AdoptedFuture(source, loop, stop);
}

/** A promise that is given to a task: whether it has failed is the task's affair, also before its first step. */
export function entrusted<T>(promise: PromiseLike<T>): PromiseLike<T> {
  if (promise instanceof Promise) promise.catch(nothing);
  return promise;
}

function nothing(): void {
  // The task throws it, or is cancelled and ignores it.
}
