import { isThenable, show } from "../../core/check.ts";
import { Future } from "../../core/future.ts";
import { futureOf } from "./promise_future.ts";
import { isGenerator } from "./coroutine_like.ts";
import { runningLoop, runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture, waitableIn } from "./loop_future.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Loop } from "../loop/contract.ts";

/**
 * The future that stands for `work`: itself if it is one, a task for a coroutine or a function, and for
 * a promise or a future of an executor one that ends as it does.
 *
 * - Cancelling the future of an executor's future cancels that one, if it has not begun. A promise
 *   cannot be cancelled: its outcome is ignored then.
 *
 * @param loop the loop of the new task; without it the one that runs here.
 * @throws {TypeError} if it is nothing that can be waited for.
 * @throws {InvalidStateError} if it is a future of another loop, which has not ended.
 *
 * @example
 * ```ts
 * import { assertEquals, assertStrictEquals } from "@std/assert";
 * import { ensureFuture, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const future = ensureFuture(Promise.resolve(1));
 *   assertStrictEquals(ensureFuture(future), future);
 *   assertEquals(await future, 1);
 * });
 * ```
 */
export function ensureFuture<T>(work: Awaitable<T>, loop?: Loop): LoopFuture<T> {
  if (work instanceof LoopFuture) {
    const waiting = loop ?? runningLoop();
    return waiting === undefined ? work : waitableIn(work as LoopFuture<T>, waiting);
  }
  if (isGenerator(work) || (typeof work === "function" && !isThenable(work))) {
    return (loop ?? runningOrDefaultLoop()).createTask(work);
  }
  if (isThenable(work)) return futureOf(work as PromiseLike<T>, loop ?? runningOrDefaultLoop());
  throw new TypeError(
    `Cannot wait for ${show(work)}: give a future, a coroutine, a function or a promise`,
  );
}

/** Refuses what no task can run. */
export function checkWork(work: unknown): void {
  if (typeof work === "function" || isGenerator(work) || isThenable(work)) return;
  throw new TypeError(
    `Cannot make a task: a coroutine was expected, got ${
      show(work)
    }; give a generator, a function or a promise`,
  );
}

/** Whether `value` is a future: of a loop, of an executor, or a task. */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}
