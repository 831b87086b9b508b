import { Future } from "../core/mod.ts";
import { LoopFuture } from "./loop_future.ts";
import type { EventLoop } from "./event_loop.ts";

/**
 * A future of a loop that ends as something from outside ends: a promise, a future of an executor.
 *
 * Cancelling it cancels a future that can be cancelled. A promise cannot be: its outcome is ignored.
 */
class AdoptedFuture<T> extends LoopFuture<T> {
  readonly #source: PromiseLike<T>;

  constructor(source: PromiseLike<T>, loop: EventLoop) {
    super(loop);
    this.#source = source;
    source.then(
      (value) => {
        if (!this.done()) this.setResult(value);
      },
      (error) => {
        if (this.done()) return;
        if (source instanceof Future && source.cancelled()) this.settleCancelled(error?.message);
        else this.fail(error);
      },
    );
  }

  override cancel(message?: string): boolean {
    if (this.done()) return false;
    if (this.#source instanceof Future) this.#source.cancel(message);
    return super.cancel(message);
  }
}

/** The future of `loop` that ends as `source` does. */
export function adopt<T>(source: PromiseLike<T>, loop: EventLoop): LoopFuture<T> {
  return new AdoptedFuture(source, loop);
}
