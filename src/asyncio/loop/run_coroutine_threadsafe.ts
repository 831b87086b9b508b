import { show } from "../../core/check.ts";
import { Future } from "../../core/future.ts";
import type { Awaitable } from "../task/awaitable.ts";
import { isGenerator } from "../task/coroutine_like.ts";
import type { Loop, TaskLike } from "./contract.ts";

/** The outcome of a task, for those outside of its loop. */
class OutsideFuture<T> extends Future<T> {
  #task: TaskLike<T> | null = null;
  #cancelled = false;

  /** Takes up the task, once the loop has made it. */
  follow(task: TaskLike<T>): void {
    this.#task = task;
    if (this.#cancelled) task.cancel();
    task.addDoneCallback(() => {
      if (this.done()) return;
      if (task.cancelled()) this.settleCancelled();
      else if (task.exception() !== null) this.setException(task.exception());
      else this.setResult(task.result());
    });
  }

  /** Cancels the task in its loop. */
  override cancel(message?: string): boolean {
    if (this.done()) return this.cancelled();
    this.#cancelled = true;
    this.#task?.cancel(message);
    this.settleCancelled(message);
    return true;
  }
}

/**
 * Has a loop run a coroutine, asked from outside of that loop, and returns a future of `futures`.
 *
 * - The future calls its done callbacks at once, and can be awaited without a loop. Cancelling it cancels the task.
 * - When the loop's task factory throws, the future fails with that.
 *
 * Not like Python: a loop cannot be handed to another thread, so this is for those on the same thread who
 * stand outside of the loop. Between threads use the queues of `queue`.
 *
 * Source: Python's `asyncio.run_coroutine_threadsafe`.
 *
 * @throws {TypeError} if it is neither a generator nor a function.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { newEventLoop, runCoroutineThreadsafe, sleep } from "@quartet/concurrency/asyncio";
 *
 * const loop = newEventLoop();
 * const running = loop.runForever();
 * const future = runCoroutineThreadsafe(() => sleep(1, "answer"), loop);
 * assertEquals(await future, "answer");
 * loop.stop();
 * await running;
 * loop.close();
 * ```
 */
export function runCoroutineThreadsafe<T>(work: Awaitable<T>, loop: Loop): Future<T> {
  if (typeof work !== "function" && !isGenerator(work)) {
    throw new TypeError(`Cannot run ${show(work)}: give a coroutine or a function that makes one`);
  }
  const future = new OutsideFuture<T>();
  loop.callSoon(() => {
    let task: TaskLike<T>;
    try {
      task = loop.createTask(work);
    } catch (error) {
      if (!future.done()) future.setException(error);
      return;
    }
    future.follow(task);
  });
  return future;
}
