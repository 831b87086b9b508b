import type { WaitOptions } from "../../core/deadline.ts";
import { CancelledError } from "../../core/errors.ts";
import type { Granter, WaiterState } from "../../sync/waiter.ts";
import { type Eventual, eventual, type LoopWait } from "../task/eventual.ts";
import { current, runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import type { LoopFuture } from "../task/loop_future.ts";
import type { TaskLike } from "../loop/contract.ts";
import { LoopWaiter } from "./loop_waiter.ts";

/**
 * A waiter behind a promise: a wait of the async function that runs here, and of its task.
 *
 * Whatever takes the promise over has the wait as a future and cancels it by that; then it is no wait of the task any more.
 */
export class PromisedWaiter<T, B = unknown> extends LoopWaiter<T, B> implements LoopWait<T> {
  #task: TaskLike<unknown> | null;
  readonly #promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;

  /** Makes a waiter of the task that runs here; the primitive takes it into its line. */
  constructor(granter: Granter<T>, brought: B) {
    const task = runningTask();
    super(granter, brought, current.loop ?? task?.getLoop() ?? runningOrDefaultLoop());
    this.#task = task;
    this.#promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  override wait(options: WaitOptions | undefined): Eventual<T> {
    if (options !== undefined) this.bound(options);
    this.#task?.beginWait(this);
    return eventual(this.#promise, this);
  }

  /** Takes it from the task that began it. */
  disown(): void {
    this.#task?.endWait(this);
    this.#task = null;
  }

  /** Takes the wait over from the task that began it. */
  takeOver(): LoopFuture<T> {
    this.disown();
    return this.future;
  }

  override handOver(): WaiterState {
    const { outcome } = this; // before: whoever follows may give it back
    const how = super.handOver();
    const task = this.#task;
    task?.endWait(this);
    if (how === "granted" || how === "expired") {
      this.#resolve(outcome as T);
      return how;
    }
    // It may be awaited later, or given to something that has given it up: that must not end the program.
    this.#promise.catch(nothing);
    const error = how === "failed" ? outcome : new CancelledError(outcome as string | undefined);
    this.#reject(how === "failed" || task === null ? error : task.throwing(error));
    return how;
  }
}

function nothing(): void {
  // What a wait throws is thrown where it is awaited.
}
