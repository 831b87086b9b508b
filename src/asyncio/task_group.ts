import { CancelledError, ExceptionGroup, InvalidStateError } from "../core/mod.ts";
import type { Awaitable, TaskFunction, TaskOptions } from "./awaitable.ts";
import { checkWork } from "./ensure_future.ts";
import { taskHere } from "./here.ts";
import { LoopFuture } from "./loop_future.ts";
import { Operation } from "./operation.ts";
import { Scope } from "./scope.ts";
import { Task } from "./task.ts";

/** The block of a group, for the group's own eyes. */
class GroupScope extends Scope {
  protected readonly level = false;
  /** What the wait in the block ends with in place of a `CancelledError`. */
  instead: Error | null = null;
  /** Whether the block has got that. */
  told = false;
  /** Called when the block is being cancelled by whomever. */
  onCancel: (() => void) | null = null;

  /** Ends the wait in the block. */
  interrupt(): void {
    this.strike(undefined);
  }

  /** Forgets a cancel that has reached nobody. */
  calm(): void {
    this.withdraw();
  }

  /** Whether its own cancel is what `error` says. */
  owns(error: unknown): boolean {
    return this.wasCancelled && error instanceof CancelledError && !this.cancelledFromOutside;
  }

  override throwing(error: CancelledError): Error {
    super.throwing(error);
    if (this.instead === null) return error;
    this.told = true;
    return this.instead;
  }

  override sawCancel(): void {
    this.onCancel?.();
  }
}

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
 * - `cancel()` ends the block and all tasks without an error.
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
 *   Cancelling the task that the block is in cancels the group's tasks at once.
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
  #told = 0;
  #aborting = false;
  #cancelled = false;
  #finished = false;
  #exact = false;
  #empty: LoopFuture<void> | null = null;

  constructor() {
    const task = taskHere();
    if (task !== null) this.#scope.enter(task);
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
    const caller = taskHere();
    const loop = group.#scope.loop;
    const block = new Task<T>(loop, () => fn(group), { eager: true, scope: group.#scope });
    return Operation.begin(loop, caller, group.#follow(block));
  }

  /** Makes a task of the group; see `createTask`. In a group that is being cancelled it is cancelled too. */
  createTask<T>(work: Awaitable<T>, options: Omit<TaskOptions, "gentle" | "scope"> = {}): Task<T> {
    checkWork(work);
    this.#checkOpen();
    const task = new Task<T>(this.#scope.loop, work, { ...options, gentle: true });
    this.#adopt(task as Task<unknown>);
    return task;
  }

  /**
   * Begins `fn` as a task of the group and waits until it says that it is ready, with `started(value)`.
   *
   * @returns that value.
   * @throws what `fn` throws before, or `InvalidStateError` if it ends without saying so.
   */
  start<V = void>(
    fn: (started: (value: V) => void) => ReturnType<TaskFunction<unknown>>,
  ): Operation<V> {
    this.#checkOpen();
    const loop = this.#scope.loop;
    const ready = new LoopFuture<V>(loop);
    const started = (value: V): void => {
      if (ready.done()) throw new InvalidStateError("started() was called before");
      ready.setResult(value);
      if (this.#tasks.delete(task)) this.#adopt(task);
    };
    const task: Task<unknown> = new Task<unknown>(loop, () => fn(started), { gentle: true });
    this.#tasks.add(task);
    task.addDoneCallback(() => {
      if (ready.done()) return;
      this.#remove(task);
      ready.followFailure(task, "the task ended before it called started()");
    });
    return Operation.begin(loop, taskHere(), wait());

    function* wait(): Generator<unknown, V, unknown> {
      try {
        return yield* ready;
      } catch (error) {
        if (!task.done()) task.cancel();
        throw error;
      }
    }
  }

  /** Ends the block and all tasks, without an error. A second time, or at the end, nothing happens. */
  cancel(reason?: string): void {
    if (this.#finished || this.#cancelled) return;
    this.#cancelled = true;
    this.#abort(reason);
    this.#scope.interrupt();
  }

  /** How many tasks there are. */
  statistics(): TaskGroupStatistics {
    return Object.freeze({ running: this.#tasks.size, failed: this.#errors.length });
  }

  /** Waits for all tasks; throws their failures, unless the block has been told of them. */
  [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return Promise.resolve();
    this.#scope.calm();
    return Operation.begin(this.#scope.loop, this.#scope.task, this.#leave());
  }

  /** The end of a block of which nothing is known. */
  *#leave(): Generator<unknown, void, unknown> {
    const cancel = yield* this.#settle();
    this.#scope.leave();
    const told = this.#scope.told ? this.#told : 0;
    if (this.#errors.length > told) throw this.#group(this.#errors);
    if (cancel !== null && !this.#cancelled) throw cancel;
  }

  /** The end of a block that is a task: all is known. */
  *#follow<T>(block: Task<T>): Generator<unknown, T | undefined, unknown> {
    let value: T | undefined;
    let failure: unknown = null;
    try {
      value = yield* block;
    } catch (error) {
      failure = error;
      this.#abort();
    }
    const own = this.#scope.owns(failure);
    const cancel = yield* this.#settle();
    this.#scope.leave();
    const errors = [...this.#errors];
    if (failure !== null && !(failure instanceof CancelledError)) errors.push(asError(failure));
    if (errors.length > 0) throw this.#group(errors);
    if (failure !== null && !own) throw failure;
    if (cancel !== null && !this.#cancelled) throw cancel;
    return value;
  }

  /** Waits until no task is left; answers a cancel that came meanwhile. */
  *#settle(): Generator<unknown, CancelledError | null, unknown> {
    let cancel: CancelledError | null = null;
    while (this.#tasks.size > 0) {
      this.#empty = new LoopFuture<void>(this.#scope.loop);
      try {
        yield* this.#empty;
      } catch (error) {
        cancel = error as CancelledError;
        this.#abort();
      }
    }
    this.#finished = true;
    return cancel;
  }

  #adopt(task: Task<unknown>): void {
    this.#tasks.add(task);
    task.waitFor({ wake: () => this.#ended(task) });
    if (this.#aborting) task.cancel();
  }

  #ended(task: Task<unknown>): void {
    if (!task.cancelled() && task.failed) {
      this.#errors.push(asError(task.failure()));
      this.#abort();
      if (this.#exact) this.#scope.interrupt();
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
    if (this.#exact || this.#empty !== null || this.#scope.instead !== null) return;
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
    return new ExceptionGroup(`unhandled errors in a TaskGroup (${count})`, errors);
  }

  #checkOpen(): void {
    if (this.#finished) throw new InvalidStateError("Cannot add a task: the TaskGroup is finished");
  }
}

/** What was thrown, as an error. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
