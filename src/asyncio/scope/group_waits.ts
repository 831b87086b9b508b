import { LoopFuture } from "../task/loop_future.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/** A cancel that a wait has noted, to tell it later. */
export interface CancelRequest {
  /** What it was given. */
  readonly message: string | undefined;
}

/** The wait until a group has no tasks: a cancel is noted, and ends them. */
export class Emptying extends LoopFuture<void> {
  /** The tasks that it waits for, and passes cancels on to. */
  readonly waitsFor: Iterable<TaskLike<unknown>>;
  readonly #onCancel: () => void;
  /** The cancel that came; `null`: none. */
  request: CancelRequest | null = null;

  constructor(loop: Loop, tasks: Iterable<TaskLike<unknown>>, onCancel: () => void) {
    super(loop);
    this.waitsFor = tasks;
    this.#onCancel = onCancel;
  }

  /** Only the group's own tasks can end it. */
  override get closed(): boolean {
    return true;
  }

  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.request ??= { message };
    this.#onCancel();
    return true;
  }
}

/** The wait until a task has called `started()`: a cancel ends the task, and is told when it has ended. */
export class Starting<V> extends LoopFuture<V> {
  /** The task that is to start. */
  task: TaskLike<unknown> | null = null;
  /** The cancel that came; `null`: none. */
  request: CancelRequest | null = null;

  override get handsOver(): boolean {
    return true;
  }

  /** The task is asked by itself. */
  override get closed(): boolean {
    return true;
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): TaskLike<unknown>[] {
    return this.task === null ? [] : [this.task];
  }

  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.request ??= { message };
    if (!this.task!.cancel(message)) this.ended(this.task!);
    return true;
  }

  /** Ends it as cancelled: the task has started too late. */
  giveUp(): void {
    this.settleCancelled(this.request?.message);
  }

  /** Ends it when the task has ended without saying that it has started. */
  ended(task: TaskLike<unknown>): void {
    if (this.done()) return;
    if (!task.cancelled() && task.exception() !== null) this.fail(task.exception());
    else if (this.request !== null) this.settleCancelled(this.request.message);
    else this.followFailure(task, "the task ended before it called started()");
  }
}
