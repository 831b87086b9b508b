import { isThenable, show } from "../../core/check.ts";
import { checkWaitOptions } from "../../core/deadline.ts";
import { Future } from "../../core/future.ts";
import { ensureFuture } from "../task/ensure_future.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { Operation } from "../task/operation.ts";
import type { Loop } from "../loop/contract.ts";

/** When `wait` comes back. */
export type ReturnWhen = "ALL_COMPLETED" | "FIRST_COMPLETED" | "FIRST_EXCEPTION";

/** How to wait for several. */
export interface WaitForSeveralOptions {
  /** The longest wait in milliseconds; default: no bound. */
  timeout?: number;
  /** When to come back; default `"ALL_COMPLETED"`. */
  returnWhen?: ReturnWhen;
}

/** What has ended, and what has not. */
export interface WaitResult<A> {
  /** What has ended. */
  readonly done: Set<A>;
  /** What has not. */
  readonly pending: Set<A>;
}

const WHEN: readonly string[] = ["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"];

/**
 * Waits for several tasks, futures or promises, until all have ended, the first has, or the first has failed.
 *
 * - Returns two sets of what it was given. Throws nothing for one that failed, and cancels nothing, not
 *   even when the timeout has passed or the waiting itself is cancelled.
 * - For `"FIRST_EXCEPTION"` a cancelled task is no failure.
 *
 * Source: Python's `asyncio.wait`.
 *
 * @throws {RangeError} if nothing is given, or `returnWhen` is none of the three.
 * @throws {TypeError} for a coroutine or function: make a task of it, so that you find it in the sets.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTask, run, sleep, wait } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const tasks = [createTask(() => sleep(1)), createTask(() => sleep(1000))];
 *   const { done, pending } = await wait(tasks, { returnWhen: "FIRST_COMPLETED" });
 *   assertEquals([done.size, pending.size], [1, 1]);
 * });
 * ```
 */
export function wait<A extends PromiseLike<unknown>>(
  work: Iterable<A>,
  options: WaitForSeveralOptions = {},
): Operation<WaitResult<A>> {
  checkWaitOptions(options, "wait()");
  const { timeout, returnWhen = "ALL_COMPLETED" } = options;
  if (!WHEN.includes(returnWhen)) {
    throw new RangeError(
      `Cannot wait for returnWhen ${show(returnWhen)}: give one of ${WHEN.join(", ")}`,
    );
  }
  const all = several(work, "wait");
  for (const each of all) {
    if (isThenable(each)) continue;
    throw new TypeError(
      `Cannot wait for ${
        show(each)
      }: wait() takes tasks and futures; make a task of it with createTask()`,
    );
  }
  if (all.length === 0) {
    throw new RangeError("Cannot wait for nothing: give at least one task or future");
  }
  const loop = runningOrDefaultLoop();
  return new Operation(
    loop,
    runningTask(),
    waitForSeveral(loop, all as A[], timeout, returnWhen),
  );
}

function* waitForSeveral<A extends PromiseLike<unknown>>(
  loop: Loop,
  all: readonly A[],
  timeout: number | undefined,
  returnWhen: ReturnWhen,
): Generator<unknown, WaitResult<A>, unknown> {
  const futures = new Map(all.map((each) => [each, ensureFuture<unknown>(each, loop)]));
  const open = new Set<unknown>();
  let enough = false;
  /** Whether to come back with this one. */
  const suffices = (future: LoopFuture<unknown>): boolean =>
    returnWhen === "FIRST_COMPLETED" ||
    (returnWhen === "FIRST_EXCEPTION" && future.failed && !future.cancelled());
  for (const future of futures.values()) {
    if (!future.done()) open.add(future);
    else enough ||= suffices(future);
  }
  if (!enough && open.size > 0) {
    const over = new LoopFuture<void>(loop);
    const end = (): void => {
      if (!over.done()) over.setResult(undefined);
    };
    const watch = (ended: unknown): void => {
      open.delete(ended);
      if (open.size === 0 || suffices(ended as LoopFuture<unknown>)) end();
    };
    for (const future of futures.values()) if (!future.done()) future.addDoneCallback(watch);
    const timer = timeout === undefined ? null : loop.callLater(timeout, end);
    try {
      yield* over;
    } finally {
      timer?.cancel();
      for (const future of futures.values()) future.removeDoneCallback(watch);
    }
  }
  const done = new Set<A>();
  const pending = new Set<A>();
  for (const [each, future] of futures) (future.done() ? done : pending).add(each);
  return { done, pending };
}

/** The items of `work`, each once; refuses a single future or coroutine. */
export function several<A>(work: Iterable<A>, where: string): A[] {
  const iterable = typeof work === "object" && work !== null && Symbol.iterator in work;
  if (!iterable || work instanceof Future) {
    throw new TypeError(`Cannot use ${show(work)} in ${where}(): give an iterable of futures`);
  }
  return [...new Set(work)];
}
