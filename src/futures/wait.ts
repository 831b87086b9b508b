import { offAbort, onAbort } from "../core/abort.ts";
import { waitBounded } from "../core/bounded_wait.ts";
import { checkIterable, show } from "../core/check.ts";
import { type ClockTimer, setTimer } from "../core/clock.ts";
import { Deque } from "../core/collections/deque.ts";
import { checkWaitOptions, Deadline } from "../core/deadline.ts";
import { TimeoutError } from "../core/errors.ts";
import type { Future } from "../core/future.ts";
import { ReaderLine } from "../core/mapping/reader_line.ts";

/** When `wait` ends. */
export type ReturnWhen = "ALL_COMPLETED" | "FIRST_COMPLETED" | "FIRST_EXCEPTION";

/** For `returnWhen`: when all have ended. */
export const ALL_COMPLETED = "ALL_COMPLETED";
/** For `returnWhen`: when any has ended. */
export const FIRST_COMPLETED = "FIRST_COMPLETED";
/** For `returnWhen`: when any has failed, or all have ended. */
export const FIRST_EXCEPTION = "FIRST_EXCEPTION";

/**
 * Waits until futures have ended, and returns which have and which have not.
 *
 * - It never throws for a failed future and never cancels any: look at the futures in `done`.
 * - A cancelled future does not count as failed.
 * - A timeout ends the wait with what is done by then.
 *
 * Source: Python's `concurrent.futures.wait`.
 *
 * @param options `timeout` in milliseconds, default none; `returnWhen`, default `"ALL_COMPLETED"`; `signal`.
 * @throws {TypeError} if something in `futures` is not a future.
 * @throws {RangeError} if `returnWhen` is none of the three.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { AsyncExecutor, wait } from "@quartet/concurrency/futures";
 *
 * await using executor = new AsyncExecutor();
 * const futures = [1, 2, 3].map((n) => executor.submit((n: number) => n * n, n));
 * const { done, notDone } = await wait(futures);
 * assertEquals([done.size, notDone.size], [3, 0]);
 * ```
 */
export async function wait<T>(
  futures: Iterable<Future<T>>,
  options: { timeout?: number; returnWhen?: ReturnWhen; signal?: AbortSignal } = {},
): Promise<{ done: Set<Future<T>>; notDone: Set<Future<T>> }> {
  checkWaitOptions(options, "wait()");
  const { returnWhen = ALL_COMPLETED, timeout, signal } = options;
  if (![ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION].includes(returnWhen)) {
    throw new RangeError(
      `Cannot use returnWhen ${
        show(returnWhen)
      }: give ALL_COMPLETED, FIRST_COMPLETED or FIRST_EXCEPTION`,
    );
  }
  const all = futureSet(futures);
  let left = all.size;
  await waitBounded({ timeout, signal }, (end) => {
    if (left === 0) end();
    const ended = (future: Future<T>): void => {
      left--;
      if (left === 0 || isEnough(future, returnWhen)) end();
    };
    for (const future of all) future.addDoneCallback(ended);
    return () => {
      for (const future of all) future.removeDoneCallback(ended);
    };
  });
  const done = new Set<Future<T>>();
  const notDone = new Set<Future<T>>();
  for (const future of all) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}

/**
 * A future that has ended, as a `for await` loop over {@link asCompleted} sees it: the future itself.
 *
 * Its type leaves out `then`, because TypeScript would take the loop's variable for the future's result,
 * which it is not.
 */
export type EndedFuture<T> = Omit<Future<T>, "then" | "catch" | "finally">;

/**
 * Iterates over futures as they end.
 *
 * - Those that have ended come first; each comes once. Failed and cancelled ones come too.
 * - Several `next()` at once get futures in the order in which they asked; after a timeout a later `next()`
 *   gives what has ended meanwhile.
 *
 * Source: Python's `concurrent.futures.as_completed`.
 *
 * @param options `timeout` in milliseconds from the call; then `TimeoutError`.
 * @throws {TimeoutError} naming how many had not ended.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { asCompleted, SyncExecutor } from "@quartet/concurrency/futures";
 *
 * await using executor = new SyncExecutor();
 * const futures = [3, 1, 2].map((n) => executor.submit((n: number) => n, n));
 * const results: number[] = [];
 * for await (const future of asCompleted(futures)) results.push(future.result());
 * assertEquals(results.sort(), [1, 2, 3]);
 * ```
 */
export function asCompleted<T>(
  futures: Iterable<Future<T>>,
  options: { timeout?: number; signal?: AbortSignal } = {},
): AsyncIterableIterator<EndedFuture<T>> {
  const all = futureSet(futures);
  checkWaitOptions(options, "asCompleted()");
  return new Completions(all, Deadline.after(options.timeout), options.signal);
}

function isEnough<T>(future: Future<T>, returnWhen: ReturnWhen): boolean {
  if (returnWhen === FIRST_COMPLETED) return true;
  return returnWhen === FIRST_EXCEPTION && !future.cancelled() && future.exception() !== null;
}

function futureSet<T>(futures: Iterable<Future<T>>): Set<Future<T>> {
  checkIterable(futures, "futures");
  const all = new Set<Future<T>>();
  for (const future of futures) {
    if (typeof future?.addDoneCallback !== "function") {
      throw new TypeError(
        `Cannot wait for ${show(future)}: give futures, as submit returns them`,
      );
    }
    all.add(future);
  }
  return all;
}

/**
 * Written out, because an async generator would await each future that it yields.
 *
 * Several `next()` at once get futures in the order in which they asked.
 */
class Completions<T> implements AsyncIterableIterator<EndedFuture<T>> {
  readonly #total: number;
  /** Those that were not given to a reader. */
  readonly #left: Set<Future<T>>;
  readonly #ended = new Deque<Future<T>>();
  readonly #readers = new ReaderLine<EndedFuture<T>>();
  readonly #deadline: Deadline;
  readonly #signal: AbortSignal | undefined;
  #timer: ClockTimer | null = null;
  readonly #onAbort = (): void => this.#fail(() => this.#signal!.reason);

  constructor(all: Set<Future<T>>, deadline: Deadline, signal: AbortSignal | undefined) {
    this.#total = all.size;
    this.#left = all;
    this.#deadline = deadline;
    this.#signal = signal;
    for (const future of all) future.addDoneCallback(this.#onEnd);
  }

  next(): Promise<IteratorResult<EndedFuture<T>>> {
    const end = { done: true, value: undefined } as const;
    if (this.#left.size === 0) return Promise.resolve(end);
    if (this.#signal?.aborted) return Promise.reject(this.#signal.reason);
    if (this.#left.size <= this.#readers.size) return Promise.resolve(end); // others get what is left
    const { promise } = this.#readers.wait();
    const future = this.#ended.shift();
    if (future !== undefined) this.#give(future);
    else if (this.#readers.size === 1) this.#bound();
    return promise;
  }

  return(): Promise<IteratorResult<EndedFuture<T>>> {
    for (const future of this.#left) future.removeDoneCallback(this.#onEnd);
    this.#left.clear();
    this.#ended.clear();
    this.#unbound();
    this.#readers.end(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #onEnd = (future: Future<T>): void => {
    if (this.#readers.size > 0) this.#give(future);
    else this.#ended.push(future);
  };

  #give(future: Future<T>): void {
    this.#left.delete(future);
    this.#readers.give(future);
    if (this.#readers.size === 0) this.#unbound();
  }

  /** Bounds the wait; with nobody waiting there is neither a timer nor a listener. */
  #bound(): void {
    onAbort(this.#signal, this.#onAbort);
    if (this.#deadline === Deadline.NEVER) return;
    const late = (): Error =>
      new TimeoutError(`${this.#left.size} (of ${this.#total}) futures unfinished`);
    this.#timer = setTimer(() => this.#fail(late), this.#deadline.remaining());
  }

  #unbound(): void {
    this.#timer?.cancel();
    this.#timer = null;
    offAbort(this.#signal, this.#onAbort);
  }

  #fail(why: () => unknown): void {
    this.#unbound();
    for (const reader of this.#readers.clear()) reader.reject(why());
  }
}
