import { asError, checkFunction, checkOptions, checkText } from "../../core/check.ts";
import { CancelledError, ExceptionGroup, InvalidStateError } from "../../core/errors.ts";
import { giveBack } from "../../core/guard.ts";
import type { Awaitable, TaskFunction, TaskOptions } from "../task/awaitable.ts";
import { checkWork } from "../task/ensure_future.ts";
import { FollowedTask } from "../task/followed_task.ts";
import { GroupScope } from "./group_scope.ts";
import { type CancelRequest, Emptying, Starting } from "./group_waits.ts";
import type { TaskLike } from "../loop/contract.ts";
import { runningTask } from "../loop/running_loop.ts";
import type { LoopFuture } from "../task/loop_future.ts";
import { Operation } from "../task/operation.ts";
import type { Scope } from "./scope.ts";
import { Task } from "../task/task.ts";

/** What a group counts. */
export interface TaskGroupStatistics {
  /** How many of its tasks have not ended. */
  readonly running: number;
  /** How many have failed. */
  readonly failed: number;
}

/**
 * Tasks that live no longer than a block.
 *
 * - The end of the block waits for all of them, also for those that are added meanwhile.
 * - When one fails, the others and the block are cancelled; when all have ended, an
 *   {@link ExceptionGroup} of all failures is thrown. A task that is only cancelled fails nothing.
 * - `cancel()` ends the block and all tasks without an error. A cancel or timeout from outside is told all the same.
 * - A cancel from outside does not hide failures: the group is thrown, and the next wait of the task that the
 *   block is in is cancelled.
 * - Its tasks keep trio's manners: one that is cancelled right after it was made still runs to its first
 *   wait, and a result that has arrived is not eaten.
 *
 * Two forms:
 *
 * - `await TaskGroup.run(async (group) => …)` is exact: a failing function cancels the tasks, and its
 *   failure stands in the group, last.
 * - `await using group = new TaskGroup()`: JavaScript does not tell the end of a block whether the block
 *   has failed. So a failing block does not cancel the tasks, but waits for them; and when a task fails
 *   while the block waits, that wait itself fails, with the whole group, once the other tasks have ended.
 *   Cancelling the task that the block is in cancels the group's tasks at once. What they fail with then is told by
 *   the task that the block is in, as an `ExceptionGroup`; who catches it inside of that task gets a
 *   `SuppressedError`, whose `error` is that group and whose `suppressed` is the cancel. So it is, there and outside,
 *   with a block that fails by itself: `suppressed` is its failure.
 *
 * Source: Python's `asyncio.TaskGroup`; `start` and `cancel` from trio's nurseries.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { run, sleep, TaskGroup } from "@quartet/concurrency/asyncio";
 *
 * const sum = await run(async () => {
 *   await using group = new TaskGroup();
 *   const one = group.createTask(() => sleep(2, 1));
 *   const two = group.createTask(() => sleep(1, 2));
 *   return (await one) + (await two);
 * });
 * assertEquals(sum, 3);
 * ```
 */
export class TaskGroup implements AsyncDisposable {
  readonly #scope = new GroupScope(false);
  readonly #tasks = new Set<Task<unknown>>();
  readonly #errors: Error[] = [];
  /** The innermost scope of what is around the tasks. */
  #around: Scope | null;
  #told = 0;
  #aborting = false;
  #cancelled = false;
  #settling = false;
  #finished = false;
  #exact = false;
  #empty: Emptying | null = null;
  /** Told of the end of each task. */
  readonly #ending = { wake: (task: LoopFuture<unknown>) => this.#ended(task as Task<unknown>) };

  constructor() {
    const task = runningTask();
    if (task !== null) this.#scope.enter(task);
    this.#around = this.#scope;
    this.#scope.onCancel = () => this.#abort();
  }

  /** Runs `fn` with a group, waits for the group's tasks, and gives what `fn` gave. */
  static run<T>(
    fn: (group: TaskGroup) => ReturnType<TaskFunction<T>>,
  ): Operation<T | undefined> {
    const group = new TaskGroup();
    group.#scope.leave();
    group.#scope.onCancel = null;
    group.#exact = true;
    const caller = runningTask();
    const loop = group.#scope.loop;
    const around = group.#around = caller === null ? null : caller.scope;
    const options = { eager: true, scope: group.#scope, around };
    const block = new Task<T>(loop, () => fn(group), options);
    return new Operation(loop, caller, group.#follow(block, caller));
  }

  /**
   * Makes a task of the group; see `createTask`. In a group that is being cancelled it is cancelled too.
   *
   * The task factory of the loop is asked, as by `createTask`.
   */
  createTask<T>(
    work: Awaitable<T>,
    options: Omit<TaskOptions, "gentle" | "scope" | "around"> = {},
  ): Task<T> {
    checkOptions(options, "createTask()", 'name: "…"');
    checkWork(work);
    this.#checkOpen();
    const task = this.#scope.loop.createTask<T>(work, {
      ...options,
      gentle: true,
      around: this.#around,
    });
    this.#futureOf(task as Task<unknown>);
    return task as Task<T>;
  }

  /**
   * Begins `fn` as a task of the group and waits until it says that it is ready, with `started(value)`.
   *
   * - Cancelled before that, it cancels the task, and has ended when the task has. A task that calls `started()` all
   *   the same stays in the group.
   *
   * @returns that value.
   * @throws what `fn` throws before, or `InvalidStateError` if it ends without saying so.
   */
  start<V = void>(
    fn: (started: (value: V) => void) => ReturnType<TaskFunction<unknown>>,
  ): Operation<V> {
    checkFunction(fn, "fn");
    this.#checkOpen();
    const loop = this.#scope.loop;
    const ready = new Starting<V>(loop);
    let adopted = false;
    const started = (value: V): void => {
      if (ready.done()) throw new InvalidStateError("Cannot call started(): it was called before");
      adopted = this.#tasks.delete(task);
      if (adopted) this.#futureOf(task);
      if (ready.request === null) return ready.setResult(value);
      giveBack(value);
      ready.giveUp();
    };
    const options = { gentle: true, around: this.#around };
    const task: Task<unknown> = new Task<unknown>(loop, () => fn(started), options);
    ready.task = task;
    this.#tasks.add(task);
    task.addDoneCallback(() => {
      if (adopted) return;
      this.#remove(task);
      if (this.#tasks.size === 0 && this.#errors.length > 0) this.#tellBlock();
      ready.ended(task);
    });
    if (this.#aborting) task.cancel();
    const caller = runningTask();
    return new Operation(loop, caller, wait());

    function* wait(): Generator<unknown, V, unknown> {
      try {
        return yield* ready;
      } catch (error) {
        if (ready.request !== null && !(error instanceof CancelledError)) {
          caller?.redeliver();
        }
        throw error;
      }
    }
  }

  /** Ends the block and all tasks, without an error. A second time, or at the end, nothing happens. */
  cancel(reason?: string): void {
    if (reason !== undefined) checkText(reason, "reason");
    if (this.#finished || this.#cancelled) return;
    this.#cancelled = true;
    this.#abort(reason);
    // At its end the block waits for the tasks alone: what ends that wait comes from outside.
    if (!this.#settling) this.#scope.interrupt();
  }

  /** How many tasks there are. */
  statistics(): TaskGroupStatistics {
    return Object.freeze({ running: this.#tasks.size, failed: this.#errors.length });
  }

  /** Waits for all tasks; throws their failures, unless the block has been told of them. */
  [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return Promise.resolve();
    this.#scope.calm();
    return new Operation(this.#scope.loop, this.#scope.task, this.#leave());
  }

  /** The end of a block of which nothing is known. */
  *#leave(): Generator<unknown, void, unknown> {
    const scope = this.#scope;
    const host = scope.task;
    const request = yield* this.#settle();
    const cancelled = request !== null || scope.overruled;
    const told = scope.told ? this.#told : 0;
    scope.leave();
    if (this.#errors.length > told) {
      if (cancelled) host?.redeliver();
      throw this.#group(this.#errors);
    }
    if (request === null) return;
    // The block catches the cancel of a group that was cancelled: one from outside must not pass for that.
    if (!this.#cancelled) throw new CancelledError(request.message);
    host?.redeliver();
  }

  /** The end of a block that is a task: all is known. */
  *#follow<T>(
    block: Task<T>,
    caller: TaskLike<unknown> | null,
  ): Generator<unknown, T | undefined, unknown> {
    let value: T | undefined;
    let failure: unknown = null;
    const followed = new FollowedTask(block);
    try {
      value = yield* followed;
    } catch (error) {
      failure = error;
      this.#abort();
    }
    const own = this.#scope.owns(failure);
    const late = yield* this.#settle();
    const request = late ?? (own ? null : followed.request);
    this.#scope.leave();
    const errors = [...this.#errors];
    if (failure !== null && !(failure instanceof CancelledError)) errors.push(asError(failure));
    if (errors.length > 0) {
      giveBack(value);
      if (request !== null) caller?.redeliver();
      throw this.#group(errors);
    }
    if (failure !== null && !own) throw failure;
    if (late !== null) {
      giveBack(value);
      throw new CancelledError(late.message);
    }
    return value;
  }

  /** Waits until no task is left; returns the cancel that came meanwhile. */
  *#settle(): Generator<unknown, CancelRequest | null, unknown> {
    let request: CancelRequest | null = null;
    this.#settling = true;
    while (this.#tasks.size > 0) {
      this.#empty = new Emptying(this.#scope.loop, this.#tasks, () => this.#abort());
      yield* this.#empty;
      request ??= this.#empty.request;
    }
    this.#finished = true;
    return request;
  }

  #futureOf(task: Task<unknown>): void {
    this.#tasks.add(task);
    task.waitFor(this.#ending);
    if (this.#aborting) task.cancel();
  }

  #ended(task: Task<unknown>): void {
    if (!task.cancelled() && task.failed) {
      this.#errors.push(asError(task.failure()));
      this.#abort();
      if (this.#exact && !this.#settling) this.#scope.interrupt();
    }
    this.#remove(task);
    if (this.#tasks.size === 0 && this.#errors.length > 0) this.#tellBlock();
  }

  #remove(task: Task<unknown>): void {
    this.#tasks.delete(task);
    if (this.#tasks.size === 0 && this.#empty !== null && !this.#empty.done()) {
      this.#empty.setResult(undefined);
    }
  }

  /** Lets the wait in the block fail with all failures, if the block does wait. */
  #tellBlock(): void {
    if (this.#exact || this.#settling || this.#scope.instead !== null) return;
    this.#scope.instead = this.#group(this.#errors);
    this.#told = this.#errors.length;
    this.#scope.interrupt();
  }

  #abort(reason?: string): void {
    if (this.#aborting) return;
    this.#aborting = true;
    for (const task of [...this.#tasks]) task.cancel(reason);
  }

  #group(errors: readonly Error[]): ExceptionGroup {
    const count = errors.length === 1 ? "1 sub-exception" : `${errors.length} sub-exceptions`;
    return new ExceptionGroup(`Unhandled errors in a TaskGroup (${count})`, errors);
  }

  #checkOpen(): void {
    if (this.#finished) throw new InvalidStateError("Cannot add a task: the TaskGroup is finished");
  }
}
