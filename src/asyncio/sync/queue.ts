import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { EmptyError, FullError, ShutDownError } from "../../core/errors.ts";
import { FifoStore, type ItemStore } from "../../sync/item_store.ts";
import { QueueState } from "../../sync/queue.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { LoopBinding } from "../loop/loop_binding.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { makeWaiter } from "./wait_in.ts";

/** What a queue counts. */
export interface QueueStatistics {
  /** How many items are in it. */
  readonly size: number;
  /** How many it can hold; 0: any number. */
  readonly maxsize: number;
  /** How many wait to get an item. */
  readonly waitingToGet: number;
  /** How many wait to put one. */
  readonly waitingToPut: number;
  /** How many items were put and not yet reported as done. */
  readonly unfinished: number;
  /** Whether it was shut down. */
  readonly isShutDown: boolean;
}

/**
 * Items on their way from tasks to tasks, first in, first out.
 *
 * - Waiters are served in the order of coming, gets as well as puts.
 * - `put` waits while the queue is full, `get` while it is empty; when there is no need to wait, others do not run first.
 * - A getter that is cancelled loses no item: the next one gets it. A `put` that is cancelled has put nothing; where its
 *   item is in already, the cancel comes too late for it.
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
  readonly #state: QueueState<T>;
  readonly #binding = new LoopBinding("Queue");
  #maxsize: number;
  #shutDown = false;

  /**
   * Makes an empty one.
   *
   * @param maxsize how many items it can hold; 0: any number.
   * @param store what keeps the items; default: first in, first out.
   */
  constructor(maxsize = 0, store: ItemStore<T> = new FifoStore<T>()) {
    this.#maxsize = maxsize;
    this.#state = new QueueState(store, roomOf(maxsize));
  }

  /** How many items it can hold; 0 or less: any number. With a larger one, waiting puts get in at once. */
  get maxsize(): number {
    return this.#maxsize;
  }
  set maxsize(maxsize: number) {
    const room = roomOf(maxsize);
    this.#maxsize = maxsize;
    this.#state.room = room;
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#state.size;
  }

  /** Whether no item is in it. */
  empty(): boolean {
    return this.#state.size === 0;
  }

  /** Whether no more items fit in. */
  full(): boolean {
    return this.#state.full;
  }

  /**
   * Puts an item, and waits for room before if there is none.
   *
   * @param options.timeout milliseconds; then `FullError` is thrown.
   * @throws {ShutDownError} if it was or is shut down.
   */
  put(item: T, options?: WaitOptions): Eventual<void> {
    try {
      if (options !== undefined) checkBounds(options, "Queue.put()");
      if (this.#state.offer(item)) return settled(undefined);
      if (isOver(options)) throw new FullError("The queue is full");
      this.#binding.check();
    } catch (error) {
      return failed(error);
    }
    const waiter = makeWaiter<void, T>(this.#state.putting, item);
    this.#state.enqueuePutter(waiter);
    return waiter.wait(options);
  }

  /** Puts an item if there is room; returns whether. Never waits. */
  tryPut(item: T): boolean {
    return this.#state.offer(item);
  }

  /**
   * As `tryPut`, and throws when there is no room; Python: `put_nowait`.
   *
   * @throws {FullError} if there is no room.
   */
  putNowait(item: T): void {
    if (!this.#state.offer(item)) throw new FullError("The queue is full");
  }

  /**
   * Takes the next item, and waits for one if there is none.
   *
   * @param options.timeout milliseconds; then `EmptyError` is thrown.
   * @throws {ShutDownError} if it is empty and was or is shut down.
   */
  get(options?: WaitOptions): Eventual<T> {
    const state = this.#state;
    try {
      if (options !== undefined) checkBounds(options, "Queue.get()");
      if (state.available) return settled(state.take(), state.taking);
      state.checkTake();
      if (isOver(options)) throw new EmptyError("The queue is empty");
      this.#binding.check();
    } catch (error) {
      return failed(error);
    }
    const waiter = makeWaiter<T>(state.taking, undefined);
    state.enqueueTaker(waiter);
    return waiter.wait(options);
  }

  /** Takes the next item if there is one, else `undefined`. Never waits. */
  tryGet(): T | undefined {
    if (this.#state.available) return this.#state.take();
    this.#state.checkTake();
    return undefined;
  }

  /**
   * As `tryGet`, and throws when there is none; Python: `get_nowait`.
   *
   * @throws {EmptyError} if it is empty.
   */
  getNowait(): T {
    if (this.#state.available) return this.#state.take();
    this.#state.checkTake();
    throw new EmptyError("The queue is empty");
  }

  /**
   * Reports that the work on an item is done.
   *
   * @throws {RangeError} if it was called more often than items were put.
   */
  taskDone(): void {
    this.#state.finish(1);
  }

  /** Waits until all that was put is reported as done; `false` when the timeout has passed before. */
  join(options?: WaitOptions): Eventual<boolean> {
    try {
      if (options !== undefined) checkBounds(options, "Queue.join()");
    } catch (error) {
      return failed(error);
    }
    if (this.#state.unfinished === 0) return settled(true);
    if (isOver(options)) return settled(false);
    const waiter = makeWaiter<boolean>(this.#state.joining, undefined);
    this.#state.enqueueJoiner(waiter);
    return waiter.wait(options);
  }

  /**
   * Ends it: waiting puts get a `ShutDownError`, waiting gets too.
   *
   * @param options.immediate drop what is in it, and count it as done; default `false`.
   */
  shutdown(options: { immediate?: boolean } = {}): void {
    checkOptions(options, "Queue.shutdown()", "immediate: true");
    this.#shutDown = true;
    if (options.immediate) this.#state.discard();
    this.#state.refusePut(shutDown);
    this.#state.refuseTake(drained);
  }

  /** Returns a snapshot of how full it is and how many wait. */
  statistics(): QueueStatistics {
    const state = this.#state;
    return Object.freeze({
      size: state.size,
      maxsize: this.#maxsize,
      waitingToGet: state.takers.size,
      waitingToPut: state.putters.size,
      unfinished: state.unfinished,
      isShutDown: this.#shutDown,
    });
  }

  /** Takes items until the queue is shut down and empty. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return new PulledItems<T>(
      (options) => this.get(options),
      (error) => error instanceof ShutDownError,
      false,
      this.#state,
    );
  }
}

const shutDown = (): Error => new ShutDownError("The queue was shut down");
const drained = (): Error => new ShutDownError("The queue was shut down and is empty");

/** How many items a queue of `maxsize` has room for. */
function roomOf(maxsize: number): number {
  if (typeof maxsize !== "number" || Number.isNaN(maxsize)) {
    throw new TypeError(
      `Cannot have a queue of maxsize ${show(maxsize)}: give a number, 0 for no bound`,
    );
  }
  return maxsize > 0 ? maxsize : Infinity;
}
