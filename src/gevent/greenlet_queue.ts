import { PulledItems } from "../core/pulled_items.ts";
import { EmptyError, FullError } from "../core/mod.ts";
import { fifo, type Store } from "./store.ts";
import { boundsOf, Wait, type WaitBound } from "./wait.ts";
import { WaitLine } from "./wait_line.ts";

/** Put into a queue it ends a loop that iterates over it. Python: the class `StopIteration`. */
export const StopIteration: unique symbol = Symbol("StopIteration");

/** What {@linkcode Queue.statistics} tells. */
export interface QueueStatistics {
  /** Items in it. */
  readonly size: number;
  /** How many it may hold; `Infinity`: any number. */
  readonly maxsize: number;
  /** Greenlets that wait for an item. */
  readonly getters: number;
  /** Greenlets that wait for room. */
  readonly putters: number;
}

/**
 * Hands items from greenlets to greenlets, first in, first out.
 *
 * - `get()` waits for an item, `put()` for room; each is first come, first served.
 * - When a bound passes: `EmptyError` and `FullError`. A greenlet that is killed after it was served and before it
 *   runs gives its item back, to the front.
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
  readonly #store: Store<T>;
  readonly #getters = new WaitLine<T>();
  readonly #peekers = new WaitLine<T>();
  readonly #putters = new WaitLine<void, T>();
  readonly #maxsize: number;

  /**
   * An empty queue.
   *
   * @param maxsize how many items it may hold; `null`, 0 or less: any number.
   */
  constructor(maxsize: number | null = null) {
    if (Number.isNaN(maxsize)) throw new RangeError("Cannot hold NaN items: give a number");
    this.#store = this.makeStore();
    this.#maxsize = this.capacity(maxsize);
  }

  /** How many items it may hold; `Infinity`: any number. */
  get maxsize(): number {
    return this.#maxsize;
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#store.size;
  }

  /** Whether nothing is in it. */
  empty(): boolean {
    return this.#store.size === 0;
  }

  /** Whether there is no room in it. */
  full(): boolean {
    return this.#store.size >= this.#maxsize;
  }

  /** A queue of the same kind and with the same items. */
  copy(): this {
    const copy = new (this.constructor as new (maxsize: number) => this)(this.#maxsize);
    for (const item of this.#store.items()) copy.#store.push(item);
    return copy;
  }

  /**
   * Puts an item in, when there is room.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
   * @throws {FullError} if no room came in time.
   */
  put(item: T | typeof StopIteration, bound?: WaitBound): Wait<void> {
    const { block = true } = boundsOf(bound);
    if (this.tryPut(item)) return Wait.given(undefined);
    if (!block) return Wait.failed(new FullError("the queue is full"));
    return this.#putters.join(bound, noRoom, undefined, item as T);
  }

  /** Puts an item in if there is room; `false` if not. Never waits. */
  tryPut(item: T | typeof StopIteration): boolean {
    // Who waits for an item has found none, so there is nothing that would have to go before this one.
    if (this.#getters.size === 0 && this.full()) return false;
    this.#accept(item as T);
    return true;
  }

  /**
   * Puts an item in, at once.
   *
   * @throws {FullError} if there is no room.
   */
  putNowait(item: T | typeof StopIteration): void {
    if (!this.tryPut(item)) throw new FullError("the queue is full");
  }

  /**
   * Takes an item, when there is one.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
   * @throws {EmptyError} if nothing came in time.
   */
  get(bound?: WaitBound): Wait<T> {
    const { block = true } = boundsOf(bound);
    if (this.#available) return Wait.given(this.#take());
    if (!block) return Wait.failed(new EmptyError("the queue is empty"));
    return this.#getters.join(bound, nothingCame, (item) => this.#giveBack(item));
  }

  /** Takes an item if there is one; `undefined` if not. Never waits. */
  tryGet(): T | undefined {
    return this.#available ? this.#take() : undefined;
  }

  /**
   * Takes an item, at once.
   *
   * @throws {EmptyError} if there is none.
   */
  getNowait(): T {
    if (!this.#available) throw new EmptyError("the queue is empty");
    return this.#take();
  }

  /** Looks at the item that is next, when there is one, and leaves it. Bounds and errors as of `get()`. */
  peek(bound?: WaitBound): Wait<T> {
    const { block = true } = boundsOf(bound);
    if (this.#available) return Wait.given(this.#next());
    if (!block) return Wait.failed(new EmptyError("the queue is empty"));
    return this.#peekers.join(bound, nothingCame);
  }

  /**
   * Looks at the item that is next, at once.
   *
   * @throws {EmptyError} if there is none.
   */
  peekNowait(): T {
    if (!this.#available) throw new EmptyError("the queue is empty");
    return this.#next();
  }

  /** Takes items until it meets {@linkcode StopIteration}. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const take = async (bound: { signal: AbortSignal }): Promise<T> => {
      const item = await this.get(bound);
      if ((item as unknown) === StopIteration) throw StopIteration;
      return item;
    };
    return new PulledItems<T>(take, (error) => error === StopIteration, true);
  }

  /** Counts, as a frozen record. */
  statistics(): QueueStatistics {
    return Object.freeze({
      size: this.#store.size,
      maxsize: this.#maxsize,
      getters: this.#getters.size,
      putters: this.#putters.size,
    });
  }

  /** What keeps the items. */
  protected makeStore(): Store<T> {
    return fifo();
  }

  /** How many items a queue made with `maxsize` may hold. */
  protected capacity(maxsize: number | null): number {
    return maxsize === null || maxsize <= 0 ? Infinity : maxsize;
  }

  /** Called for each item that has come in. */
  protected itemAdded(): void {
    // Joinable queues count.
  }

  get #available(): boolean {
    return this.#store.size > 0 || this.#putters.size > 0;
  }

  #accept(item: T): void {
    this.itemAdded();
    this.#peekers.serveAll(item);
    if (!this.#getters.serve(item)) this.#store.push(item);
  }

  #next(): T {
    if (this.#store.size > 0) return this.#store.peek()!;
    return this.#putters.first!;
  }

  #take(): T {
    if (this.#store.size === 0) this.#admit();
    const item = this.#store.take()!;
    while (!this.full() && this.#putters.size > 0) this.#admit();
    return item;
  }

  /** Lets the item of the first who waits for room in. */
  #admit(): void {
    this.#putters.next((item) => {
      this.itemAdded();
      this.#store.push(item);
    });
  }

  /** An item that nobody has taken after all goes to the next who waits, or to the front. */
  #giveBack(item: T): void {
    if (!this.#getters.serve(item)) this.#store.putBack(item);
  }
}

function noRoom(): never {
  throw new FullError("the queue is full");
}

function nothingCame(): never {
  throw new EmptyError("the queue is empty");
}
