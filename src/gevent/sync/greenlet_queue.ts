import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkNumber, checkOptions } from "../../core/check.ts";
import { EmptyError, FullError, ShutDownError } from "../../core/errors.ts";
import { FifoStore, type ItemStore } from "../../sync/item_store.ts";
import { QueueState } from "../../sync/queue.ts";
import { grantedBy, joinLine } from "./greenlet_waiter.ts";
import { boundsOf, Wait, type WaitBound, type WaitParts } from "../greenlet/wait.ts";

/** Put into a queue it ends a loop that iterates over it. Python: the class `StopIteration`. */
export const StopIteration: unique symbol = Symbol("StopIteration");

/** What {@linkcode Queue.statistics} tells. */
export interface QueueStatistics {
  /** Items in it. */
  readonly size: number;
  /** How many it may hold; `Infinity`: any number. */
  readonly maxsize: number;
  /** Greenlets that wait for an item. */
  readonly waitingToGet: number;
  /** Greenlets that wait for room. */
  readonly waitingToPut: number;
}

/**
 * Hands items from greenlets to greenlets, first in, first out.
 *
 * - `get()` waits for an item, `put()` for room; each is first come, first served.
 * - When a bound passes: `EmptyError` and `FullError`. A greenlet that is killed after it was served and before it
 *   runs gives its item back, to the front. A put that is killed has put nothing; where its item is in already, the
 *   kill comes too late for it.
 * - Whoever takes an item may say `taskDone()` when it is done with it; `join()` waits until that was said for all.
 * - `shutdown()` ends it: nothing can be put any more, and what is in it can still be got.
 * - `for await (const item of queue)` takes items until it meets {@linkcode StopIteration}.
 *
 * Source: `gevent.queue.Queue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { queue, spawn } from "@quartet/concurrency/gevent";
 *
 * const work = new queue.Queue<number>(1);
 * spawn(function* () {
 *   for (let n = 0; n < 3; n++) yield* work.put(n);
 *   yield* work.put(queue.StopIteration);
 * });
 * assertEquals(await Array.fromAsync(work), [0, 1, 2]);
 * ```
 */
export class Queue<T> implements AsyncIterable<T> {
  readonly #state: QueueState<T>;
  readonly #granted: WaitParts<T>;

  /**
   * An empty queue.
   *
   * @param maxsize how many items it may hold; `null`, 0 or less: any number.
   */
  constructor(maxsize: number | null = null) {
    if (maxsize !== null) checkNumber(maxsize, "maxsize");
    this.#state = new QueueState(this.makeStore(), this.capacity(maxsize));
    this.#granted = grantedBy(this.#state.taking);
  }

  /** How many items it may hold; `Infinity`: any number. With a larger one, waiting puts get in at once. */
  get maxsize(): number {
    return this.#state.room;
  }
  set maxsize(maxsize: number | null) {
    if (maxsize !== null) checkNumber(maxsize, "maxsize");
    this.#state.room = this.capacity(maxsize);
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#state.size;
  }

  /** Whether nothing is in it. */
  empty(): boolean {
    return this.#state.size === 0;
  }

  /** Whether there is no room in it. */
  full(): boolean {
    return this.#state.full;
  }

  /** A queue of the same kind and with the same items. */
  copy(): this {
    const copy = new (this.constructor as new (maxsize: number) => this)(Infinity);
    for (const item of this.#state.items()) copy.#state.offer(item);
    copy.#state.room = this.#state.room;
    return copy;
  }

  /**
   * Puts an item in, when there is room.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
   * @throws {FullError} if no room came in time.
   * @throws {ShutDownError} if it was or is shut down.
   */
  put(item: T | typeof StopIteration, bound?: WaitBound): Wait<void> {
    const { block = true } = boundsOf(bound);
    if (this.tryPut(item)) return Wait.given(undefined);
    if (!block) return Wait.failed(new FullError("The queue is full"));
    const { putting } = this.#state;
    return joinLine<void, T>(
      putting,
      (waiter) => this.#state.enqueuePutter(waiter),
      item as T,
      bound,
    );
  }

  /** Puts an item in if there is room; `false` if not. Never waits. */
  tryPut(item: T | typeof StopIteration): boolean {
    return this.#state.offer(item as T);
  }

  /**
   * Puts an item in, at once.
   *
   * @throws {FullError} if there is no room.
   */
  putNowait(item: T | typeof StopIteration): void {
    if (!this.tryPut(item)) throw new FullError("The queue is full");
  }

  /**
   * Takes an item, when there is one.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
   * @throws {EmptyError} if nothing came in time.
   */
  get(bound?: WaitBound): Wait<T> {
    const { block = true } = boundsOf(bound);
    const state = this.#state;
    if (state.available) return Wait.given(state.take(), this.#granted);
    state.checkTake();
    if (!block) return Wait.failed(new EmptyError("The queue is empty"));
    return joinLine<T, unknown>(state.taking, (waiter) => state.enqueueTaker(waiter), null, bound);
  }

  /** Takes an item if there is one; `undefined` if not. Never waits. */
  tryGet(): T | undefined {
    if (this.#state.available) return this.#state.take();
    this.#state.checkTake();
    return undefined;
  }

  /**
   * Takes an item, at once.
   *
   * @throws {EmptyError} if there is none.
   */
  getNowait(): T {
    if (!this.#state.available) this.#nothing();
    return this.#state.take();
  }

  /** Looks at the item that is next, when there is one, and leaves it. Bounds and errors as of `get()`. */
  peek(bound?: WaitBound): Wait<T> {
    const { block = true } = boundsOf(bound);
    const state = this.#state;
    if (state.available) return Wait.given(state.peek());
    state.checkTake();
    if (!block) return Wait.failed(new EmptyError("The queue is empty"));
    return joinLine<T, unknown>(
      state.peeking,
      (waiter) => state.enqueuePeeker(waiter),
      null,
      bound,
    );
  }

  /**
   * Looks at the item that is next, at once.
   *
   * @throws {EmptyError} if there is none.
   */
  peekNowait(): T {
    if (!this.#state.available) this.#nothing();
    return this.#state.peek();
  }

  /** How many items nobody has said `taskDone()` for. */
  get unfinishedTasks(): number {
    return this.#state.unfinished;
  }

  /**
   * Says that one item that was taken is done with.
   *
   * @throws {RangeError} if it is said more often than items were put in.
   */
  taskDone(): void {
    this.#state.finish(1);
  }

  /**
   * Waits until all is done, and gives `true`.
   *
   * @param bound milliseconds, or `{ timeout, signal }`; then it returns `false`.
   */
  join(bound?: WaitBound): Wait<boolean> {
    boundsOf(bound);
    const state = this.#state;
    if (state.unfinished === 0) return Wait.given(true);
    const enqueue = state.enqueueJoiner.bind(state);
    return joinLine<boolean, unknown>(state.joining, enqueue, null, bound);
  }

  /**
   * Ends it: waiting puts get a `ShutDownError`, waiting gets too.
   *
   * @param options.immediate drop what is in it, and count it as done; default `false`.
   */
  shutdown(options: { immediate?: boolean } = {}): void {
    checkOptions(options, "Queue.shutdown()", "immediate: true");
    if (options.immediate) this.#state.discard();
    this.#state.refusePut(shutDown);
    this.#state.refuseTake(shutDown);
  }

  /** Takes items until it meets {@linkcode StopIteration}, or is shut down and empty. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const take = async (bound: { signal: AbortSignal }): Promise<T> => {
      const item = await this.get(bound);
      if ((item as unknown) === StopIteration) throw StopIteration;
      return item;
    };
    const isEnd = (error: unknown): boolean =>
      error === StopIteration || error instanceof ShutDownError;
    return new PulledItems<T>(take, isEnd, true);
  }

  /** Counts, as a frozen record. */
  statistics(): QueueStatistics {
    return Object.freeze({
      size: this.#state.size,
      maxsize: this.#state.room,
      waitingToGet: this.#state.takers.size,
      waitingToPut: this.#state.putters.size,
    });
  }

  /** What keeps the items. */
  protected makeStore(): ItemStore<T> {
    return new FifoStore<T>();
  }

  /** How many items a queue made with `maxsize` may hold. */
  protected capacity(maxsize: number | null): number {
    return maxsize === null || maxsize <= 0 ? Infinity : maxsize;
  }

  /** Throws, since nothing can be taken. */
  #nothing(): never {
    this.#state.checkTake();
    throw new EmptyError("The queue is empty");
  }
}

function shutDown(): Error {
  return new ShutDownError("The queue was shut down");
}
