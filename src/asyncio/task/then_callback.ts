import { Future } from "../../core/future.ts";
import type { LoopFuture } from "./loop_future.ts";
import type { TaskLike } from "../loop/contract.ts";

/** What is called with a result or a failure. */
// deno-lint-ignore no-explicit-any -- as for promises: what a reaction returns is the next one's affair
type Reaction = (value: any) => any;

/**
 * One `then` on a future of a loop: an `await`, mostly.
 *
 * `await` hands over the two functions that settle its own promise and drops what `then` answers. So the
 * reactions are called as they are, and the answer is a bare future: a fifth of what two promises would weigh.
 */
export class Then<A> {
  /** What `then` answers. */
  readonly next: Future<A> = new Future<A>();
  readonly #onDone: Reaction;
  readonly #onFailed: Reaction;
  readonly #task: TaskLike<unknown> | null;

  constructor(onDone: Reaction, onFailed: Reaction, task: TaskLike<unknown> | null) {
    this.#onDone = onDone;
    this.#onFailed = onFailed;
    this.#task = task;
  }

  /** The task that waits. */
  get host(): TaskLike<unknown> | null {
    return this.#task;
  }

  /** Calls the reaction; the future has ended. */
  wake(future: LoopFuture<unknown>): void {
    const task = this.#task;
    task?.endWait(future);
    const cancel = task?.takeCancelAtWake(future) ?? null;
    let answer: unknown;
    try {
      if (cancel === null && !future.failed) {
        answer = this.#onDone(future.result());
      } else {
        const error = cancel ?? future.failure();
        answer = this.#onFailed(task === null ? error : task.throwing(error));
      }
    } catch (error) {
      this.next.setException(error);
      return;
    }
    if (answer instanceof Object && "then" in answer) {
      (answer as PromiseLike<A>).then(
        (value) => this.next.setResult(value),
        (error) => this.next.setException(error),
      );
    } else {
      this.next.setResult(answer as A);
    }
  }
}
