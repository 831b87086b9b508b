import {
  Deque,
  EmptyError,
  FullError,
  ShutDownError,
  WaitList,
  type WaitOptions,
} from "../core/mod.ts";
import { type Eventual, failed, settled } from "./eventual.ts";
import type { ItemStore } from "./item_store.ts";
import { LoopBinding } from "./loop_binding.ts";
import { checkBounds, Place, type PlaceOwner, waitIn } from "./place.ts";

/** What a queue counts. */
export interface QueueStatistics {
  /** How many items are in it. */
  readonly size: number;
  /** How many it can hold; 0: any number. */
  readonly maxsize: number;
  /** How many wait to get an item. */
  readonly getting: number;
  /** How many wait to put one. */
  readonly putting: number;
  /** How many items were put and not yet reported as done. */
  readonly unfinished: number;
  /** Whether it was shut down. */
  readonly shutDown: boolean;
}

/** One who waits for room, with what is to be put. */
class PutPlace<T> extends Place<void> {
  readonly item: T;

  constructor(owner: PlaceOwner<void>, item: T) {
    super(owner);
    this.item = item;
  }
}

/**
 * Items on their way from tasks to tasks, first in, first out.
 *
 * - Who waits is served in the order of coming, those who get as well as those who put.
 * - `put` waits while the queue is full, `get` while it is empty; when there is no need to wait, others do not run first.
 * - A getter that is cancelled loses no item: the next one gets it.
 * - `join` waits until `taskDone` was called for each item that was put.
 * - `shutdown` ends it: nothing can be put any more, what is in it can still be got, then `get` throws
 *   `ShutDownError`, and iteration ends.
 *
 * Source: Python's `asyncio.Queue`; timeouts and iteration are given here and not there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTask, Queue, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const queue = new Queue<number>(2);
 *   const producer = createTask(async () => {
 *     for (const n of [1, 2, 3]) await queue.put(n);
 *     queue.shutdown();
 *   });
 *   const got: number[] = [];
 *   for await (const n of queue) got.push(n);
 *   await producer;
 *   assertEquals(got, [1, 2, 3]);
 * });
 * ```
 */
export class Queue<T> implements AsyncIterable<T> {
  /** How many items it can hold; 0 or less: any number. */
  readonly maxsize: number;
  readonly #store: ItemStore<T>;
  readonly #room: number;
  readonly #getters = new WaitList<Place<T>>();
  readonly #putters = new WaitList<Place<void>>();
  readonly #joiners = new WaitList<Place<boolean>>();
  readonly #binding = new LoopBinding("Queue");
  #unfinished = 0;
  #shutDown = false;

  /**
   * Makes an empty one.
   *
   * @param maxsize how many items it can hold; 0: any number.
   * @param store what keeps the items; default: first in, first out.
   */
  constructor(maxsize = 0, store: ItemStore<T> = new Deque<T>()) {
    if (typeof maxsize !== "number" || Number.isNaN(maxsize)) {
      throw new TypeError(
        `Cannot make a queue of maxsize ${maxsize}: give a number, 0 for no bound`,
      );
    }
    this.maxsize = maxsize;
    this.#room = maxsize > 0 ? maxsize : Infinity;
    this.#store = store;
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#store.size;
  }

  /** Whether no item is in it. */
  empty(): boolean {
    return this.#store.size === 0;
  }

  /** Whether no more items fit in. */
  full(): boolean {
    return this.#store.size >= this.#room;
  }

  /**
   * Puts an item, and waits for room before if there is none.
   *
   * @param options.timeout milliseconds; then `FullError` is thrown.
   * @throws {ShutDownError} if it was or is shut down.
   */
  put(item: T, options?: WaitOptions): Eventual<void> {
    try {
      if (options !== undefined) checkBounds(options);
      if (this.#offer(item)) return settled(undefined);
      if (options?.timeout === 0) throw new FullError("the queue is full");
      this.#binding.check();
    } catch (error) {
      return failed(error);
    }
    const place = new PutPlace(this.#putOwner, item);
    this.#putters.push(place);
    return place.wait(options);
  }

  /** Puts an item if there is room; answers whether. Never waits. */
  tryPut(item: T): boolean {
    return this.#offer(item);
  }

  /**
   * As `tryPut`, and throws when there is no room; Python: `put_nowait`.
   *
   * @throws {FullError} if there is no room.
   */
  putNowait(item: T): void {
    if (!this.#offer(item)) throw new FullError("the queue is full");
  }

  /**
   * Takes the next item, and waits for one if there is none.
   *
   * @param options.timeout milliseconds; then `EmptyError` is thrown.
   * @throws {ShutDownError} if it is empty and was or is shut down.
   */
  get(options?: WaitOptions): Eventual<T> {
    try {
      if (options !== undefined) checkBounds(options);
      if (this.#store.size > 0) return settled(this.#take());
      this.#checkNotDrained();
      if (options?.timeout === 0) throw new EmptyError("the queue is empty");
      this.#binding.check();
    } catch (error) {
      return failed(error);
    }
    return waitIn(this.#getters, this.#getOwner, options);
  }

  /** Takes the next item if there is one, else `undefined`. Never waits. */
  tryGet(): T | undefined {
    if (this.#store.size > 0) return this.#take();
    this.#checkNotDrained();
    return undefined;
  }

  /**
   * As `tryGet`, and throws when there is none; Python: `get_nowait`.
   *
   * @throws {EmptyError} if it is empty.
   */
  getNowait(): T {
    if (this.#store.size > 0) return this.#take();
    this.#checkNotDrained();
    throw new EmptyError("the queue is empty");
  }

  /**
   * Reports that the work on an item is done.
   *
   * @throws {RangeError} if it was called more often than items were put.
   */
  taskDone(): void {
    if (this.#unfinished === 0) throw new RangeError("task_done() called too many times");
    this.#finish(1);
  }

  /** Waits until all that was put is reported as done; `false` when the time is over before. */
  join(options?: WaitOptions): Eventual<boolean> {
    try {
      if (options !== undefined) checkBounds(options);
    } catch (error) {
      return failed(error);
    }
    if (this.#unfinished === 0) return settled(true);
    if (options?.timeout === 0) return settled(false);
    return waitIn(this.#joiners, JOIN_OWNER, options);
  }

  /**
   * Ends it: who waits for room gets a `ShutDownError`, who waits for an item too.
   *
   * @param options.immediate drop what is in it, and count it as done; default `false`.
   */
  shutdown(options: { immediate?: boolean } = {}): void {
    this.#shutDown = true;
    if (options.immediate) {
      const dropped = this.#store.size;
      this.#store.clear();
      this.#finish(Math.min(dropped, this.#unfinished));
    }
    const error = (): ShutDownError => new ShutDownError("the queue was shut down");
    for (let next = this.#putters.shift(); next !== null; next = this.#putters.shift()) {
      next.fail(error());
    }
    if (this.#store.size > 0) return;
    for (let next = this.#getters.shift(); next !== null; next = this.#getters.shift()) {
      next.fail(error());
    }
  }

  /** How full it is and who waits. */
  statistics(): QueueStatistics {
    return Object.freeze({
      size: this.#store.size,
      maxsize: this.maxsize,
      getting: this.#getters.size,
      putting: this.#putters.size,
      unfinished: this.#unfinished,
      shutDown: this.#shutDown,
    });
  }

  /** Takes items until the queue is shut down and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (true) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof ShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  /** Puts the item, to a getter or into the store; `false` if there is no room. */
  #offer(item: T): boolean {
    if (this.#shutDown) throw new ShutDownError("the queue was shut down");
    const size = this.#store.size;
    if (size >= this.#room) return false;
    this.#unfinished++;
    if (size === 0 && this.#getters.size > 0) {
      this.#getters.shift()!.grant(item);
      return true;
    }
    this.#store.push(item);
    return true;
  }

  /** Takes the next item and lets the first putter put his. */
  #take(): T {
    const item = this.#store.shift() as T;
    if (this.#putters.size > 0) this.#admit();
    return item;
  }

  #admit(): void {
    const next = this.#putters.shift() as PutPlace<T>;
    this.#unfinished++;
    this.#store.push(next.item);
    next.grant(undefined);
  }

  #finish(count: number): void {
    this.#unfinished -= count;
    if (this.#unfinished > 0) return;
    for (let next = this.#joiners.shift(); next !== null; next = this.#joiners.shift()) {
      next.grant(true);
    }
  }

  #checkNotDrained(): void {
    if (this.#shutDown) throw new ShutDownError("the queue was shut down and is empty");
  }

  readonly #getOwner: PlaceOwner<T> = {
    timedOut: (): T => {
      throw new EmptyError("the queue is empty");
    },
    givenBack: (item: T): void => {
      const next = this.#getters.shift();
      if (next === null) this.#store.unshift(item);
      else next.grant(item);
    },
  };

  readonly #putOwner: PlaceOwner<void> = {
    timedOut: (): void => {
      throw new FullError("the queue is full");
    },
  };
}

const JOIN_OWNER: PlaceOwner<boolean> = { timedOut: () => false };
