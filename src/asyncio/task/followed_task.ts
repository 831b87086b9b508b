import { hasArrived } from "./cancel_state.ts";
import { LoopFuture } from "./loop_future.ts";
import type { TaskLike } from "../loop/contract.ts";

/**
 * The wait for a task that is a part of the waiter: a block that runs as a task of its own.
 *
 * A cancel is passed on and noted, and the wait ends when the task does: with the task's outcome.
 */
export class FollowedTask<T> extends LoopFuture<T> {
  /** The task that is followed. */
  readonly task: TaskLike<T>;
  /** The cancel that came from the waiter's side; `null`: none came. */
  request: { readonly message: string | undefined } | null = null;

  constructor(task: TaskLike<T>) {
    super(task.getLoop());
    this.task = task;
    if (task.done()) this.wake(task);
    else task.waitFor(this);
  }

  override get handsOver(): boolean {
    return true;
  }

  override get arrived(): boolean {
    return !this.done() && hasArrived(this.task);
  }

  /** The task is asked by itself. */
  override get closed(): boolean {
    return true;
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): [TaskLike<T>] {
    return [this.task];
  }

  /** Asks the task to end. */
  override cancel(message?: string): boolean {
    if (this.done() || !this.task.cancel(message)) return false;
    this.request = { message };
    return true;
  }

  /** The task has ended. */
  wake(task: LoopFuture<T>): void {
    if (task.cancelled()) this.cancelInPass((task.failure() as Error).message || undefined);
    else if (task.failed) this.failInPass(task.exception());
    else this.settleInPass(task.result());
  }
}
