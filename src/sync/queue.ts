import { EmptyError, FullError } from "../core/errors.ts";
import type { ItemStore } from "./item_store.ts";
import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/** Makes an error. */
export type ErrorSource = () => Error;

/** What a bounded wait that has come to nothing throws. */
export interface QueueErrors {
  /** Nothing came in time. */
  readonly empty: ErrorSource;
  /** No room came in time. */
  readonly full: ErrorSource;
}

const ERRORS: QueueErrors = {
  empty: () => new EmptyError("The queue is empty"),
  full: () => new FullError("The queue is full"),
};

/**
 * Items from those that put to those that take, with or without room for items in between.
 *
 * | state            | offer                    | take                                | put waits, take waits |
 * | ---------------- | ------------------------ | ----------------------------------- | --------------------- |
 * | takers wait      | the first taker's        | –                                   | –, in line            |
 * | empty            | stored; no room: `false` | –                                   | in line               |
 * | items, room      | stored                   | the next item                       | –                     |
 * | full             | `false`                  | the next item, first putter admitted | in line, –           |
 * | refuses to put   | error                    | the next item                       | –                     |
 * | refuses to take  | –                        | the next item; none: error          | –                     |
 *
 * - Room for 0 items: each put waits for its taker.
 * - A put that was admitted is done: to cancel it comes too late, and it succeeds.
 * - An item that was granted and is not taken goes to the next taker, or back to where it was.
 * - The store may call an order of the user's, which may throw: then the call fails that needed it, and no item is
 *   lost. A putter whose item cannot be ordered fails with that error; the one that made room for it does not.
 */
export class QueueState<T> {
  /** Waiters that take. */
  readonly takers: WaiterList<T> = new WaiterList<T>();
  /** Waiters that put. */
  readonly putters: WaiterList<void, T> = new WaiterList<void, T>();
  /** Waiters that look at the next item and leave it. */
  readonly peekers: WaiterList<T> = new WaiterList<T>();
  /** Waiters for all to be done. */
  readonly joiners: WaiterList<boolean> = new WaiterList<boolean>();
  /** What a taker waits for. */
  readonly taking: Granter<T>;
  /** What a putter waits for. */
  readonly putting: Granter<void>;
  /** What a peeker waits for. */
  readonly peeking: Granter<T>;
  /** What a joiner waits for. */
  readonly joining: Granter<boolean> = { expired: () => false };
  readonly #store: ItemStore<T>;
  /** Items that were given back and that the store's order could not place: they come first. */
  readonly #aside: T[] = [];
  #room: number;
  #unfinished = 0;
  #refusePut: ErrorSource | null = null;
  #refuseTake: ErrorSource | null = null;
  #discards = false;

  /**
   * Makes an empty one.
   *
   * @param room how many items it may hold; 0: none, `Infinity`: any number.
   */
  constructor(store: ItemStore<T>, room: number, errors: QueueErrors = ERRORS) {
    this.#store = store;
    this.#room = room;
    const empty = (): never => {
      throw errors.empty();
    };
    this.taking = { expired: empty, returned: (item) => this.#giveBack(item) };
    this.peeking = { expired: empty };
    this.putting = {
      stands: true,
      expired: () => {
        throw errors.full();
      },
    };
  }

  /** How many items it holds. */
  get size(): number {
    return this.#store.size + this.#aside.length;
  }

  /** How many items it may hold; a change lets as many putters in as there is room for. */
  get room(): number {
    return this.#room;
  }
  set room(room: number) {
    this.#room = room;
    this.#admit();
  }

  /** Whether no item fits in. */
  get full(): boolean {
    return this.size >= this.#room;
  }

  /** Whether something can be taken without a wait. */
  get available(): boolean {
    return this.#store.size > 0 || this.putters.size > 0 || this.#aside.length > 0;
  }

  /** How many items were put and not reported as done. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** The items, in the order of adding them anew. */
  items(): Iterable<T> {
    return [...this.#aside, ...this.#store.items!()];
  }

  /**
   * Puts an item, to a taker or into the store; `false` if there is no room.
   *
   * @throws what refuses it; then it is not in.
   */
  offer(item: T): boolean {
    if (this.#refusePut !== null) throw this.#refusePut();
    if (this.takers.size > 0) {
      this.#unfinished++;
      if (this.peekers.size > 0) this.peekers.grantAll(item);
      this.takers.shift()!.grant(item);
      return true;
    }
    if (this.size >= this.#room) return false;
    this.#store.push(item);
    this.#unfinished++;
    if (this.peekers.size > 0) this.peekers.grantAll(item);
    return true;
  }

  /** Takes the next item; only when one is `available`. */
  take(): T {
    if (this.#aside.length > 0) return this.#aside.shift()!;
    if (this.#store.size === 0) {
      const putter = this.putters.shift()!;
      this.#unfinished++;
      putter.grant();
      return putter.brought;
    }
    const item = this.#store.shift() as T;
    if (this.putters.size > 0) this.#admit();
    return item;
  }

  /** Returns the next item and leaves it; only when one is `available`. */
  peek(): T {
    if (this.#aside.length > 0) return this.#aside[0]!;
    return this.#store.size > 0 ? this.#store.peek!() as T : this.putters.first!.brought;
  }

  /** Adds a taker; only when nothing is `available`, and takers are not refused. */
  enqueueTaker(waiter: Waiter<T>): void {
    this.takers.push(waiter);
  }

  /** Adds a putter, which brings its item; only when there is no room. */
  enqueuePutter(waiter: Waiter<void, T>): void {
    this.putters.push(waiter);
    // A peeker waits for an item, and an item waits now: in a queue without room nothing else would show it.
    if (this.peekers.size > 0) this.peekers.grantAll(waiter.brought);
  }

  /** Adds one that looks; only when nothing is `available`. */
  enqueuePeeker(waiter: Waiter<T>): void {
    this.peekers.push(waiter);
  }

  /** Adds one that waits until all is done; only when something is not. */
  enqueueJoiner(waiter: Waiter<boolean>): void {
    this.joiners.push(waiter);
  }

  /**
   * Reports `count` items as done.
   *
   * @throws {RangeError} if so many were not put.
   */
  finish(count: number): void {
    if (count > this.#unfinished) {
      throw tooManyDone();
    }
    this.#unfinished -= count;
    if (this.#unfinished === 0) this.joiners.grantAll(true);
  }

  /** Throws if nothing can come any more. */
  checkTake(): void {
    if (this.#refuseTake !== null) throw this.#refuseTake();
  }

  /** Refuses to put from now on, and ends the puts that wait. */
  refusePut(error: ErrorSource): void {
    this.#refusePut = error;
    this.putters.failAll(error);
  }

  /** Refuses to take what is not there from now on; with nothing there it ends the takes that wait. */
  refuseTake(error: ErrorSource): void {
    this.#refuseTake = error;
    if (this.size > 0) return;
    this.takers.failAll(error);
    this.peekers.failAll(error);
  }

  /** Throws away what it holds, and what is given back later; each item counts as done. */
  discard(): void {
    this.#discards = true;
    const dropped = this.size;
    this.#store.clear();
    this.#aside.length = 0;
    this.finish(Math.min(dropped, this.#unfinished));
  }

  /** Lets putters in as long as there is room. */
  #admit(): void {
    while (this.putters.size > 0 && this.size < this.#room) {
      const next = this.putters.shift()!;
      try {
        this.#store.push(next.brought);
      } catch (error) {
        next.fail(error);
        continue;
      }
      this.#unfinished++;
      next.grant();
    }
  }

  #giveBack(item: T): void {
    if (this.#discards) {
      if (this.#unfinished > 0) this.finish(1);
      return;
    }
    const next = this.takers.shift();
    if (next !== null) return next.grant(item);
    try {
      this.#store.unshift(item);
    } catch {
      // Its order is not to be had, and the one that gives it back is not at fault: it stays the next.
      this.#aside.push(item);
    }
    if (this.peekers.size > 0) this.peekers.grantAll(item);
  }
}

/** The error when more is reported as done than was put. */
export function tooManyDone(): RangeError {
  return new RangeError(
    "Cannot report a task as done: taskDone() was called too many times; call it once for each item",
  );
}
