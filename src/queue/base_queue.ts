import { PulledItems } from "../core/mapping/pulled_items.ts";
import { show } from "../core/check.ts";
import type { WaitOptions } from "../core/deadline.ts";
import { EmptyError, FullError, ShutDownError } from "../core/errors.ts";
import { granted, type Source } from "../core/withdrawal/withdrawable.ts";
import { settle } from "../shared/memory/refcount.ts";
import { load, store } from "../shared/memory/words.ts";
import { parkedAt } from "../shared/parking/parking_lot.ts";
import { spinWhile } from "../shared/parking/spin.ts";
import { runAsync } from "../shared/parking/run_async.ts";
import { WaitKind } from "../shared/parking/wait_kind.ts";
import {
  block,
  type Bounds,
  boundsOf,
  throwIfEnded,
  type Waiting,
} from "../shared/parking/waiting.ts";
import { discardItem, Unread, type Written } from "./item_form.ts";
import { ahead, countOf, noteWaiter, Q, wakeNext } from "./queue_words.ts";
import { FULL, NONE, PUT, SHUT, type Store } from "./store.ts";

/**
 * What every queue between threads can do: put, get, look at the size.
 *
 * Not made directly: see `Queue`, `LifoQueue`, `PriorityQueue` and `SimpleQueue`.
 */
export abstract class BaseQueue<T> {
  readonly #at: number;
  readonly #store: Store;
  /** Where items go back to that nobody uses. */
  readonly #items: Source<unknown> = { returned: (item) => this.#store.putBack(item) };

  /**
   * For the queues of this module.
   *
   * @throws {TypeError | RangeError} if `maxsize` is no whole number.
   */
  protected constructor(maxsize: number, keeping: Keeping) {
    checkMaxsize(maxsize);
    if (typeof keeping?.build !== "function") {
      throw new TypeError(
        `Cannot keep items by ${
          show(keeping)
        }: leave the argument out; PriorityQueue and LifoQueue have other orders`,
      );
    }
    this.#at = settle(this, new.target, Q.size, (at) => {
      store(at + Q.maxsize, Math.max(0, maxsize));
      keeping.build(at);
    }, keeping.finalize);
    this.#store = keeping.open(this.#at) as Store;
  }

  /**
   * Puts an item, waiting with a promise while the queue is full.
   *
   * @throws {FullError} when the timeout passed.
   * @throws {ShutDownError} if the queue is shut down.
   * @throws {TransferError} if the item cannot cross to another thread.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    try {
      const bounds = boundsOf(options, "Queue.put()");
      const how = this.#store.put(item);
      if (how === PUT) return granted<void>(undefined, DEED);
      return runAsync(this.#putting("Queue.put()", item, how, bounds, false), DEED);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As {@link put}, blocking this thread. */
  putSync(item: T, options?: WaitOptions): void {
    const bounds = options === undefined ? undefined : boundsOf(options, "Queue.putSync()");
    const how = this.#store.put(item);
    if (how === PUT) return;
    block(this.#putting("Queue.putSync()", item, how, bounds ?? boundsOf(undefined), true));
  }

  /**
   * Puts an item if there is room.
   *
   * @returns whether it was put.
   * @throws {ShutDownError} if the queue is shut down.
   */
  tryPut(item: T): boolean {
    const how = this.#store.put(item);
    if (how === PUT) return true;
    if (how === SHUT) throw shutDown("put into");
    if (how !== FULL) discardItem(how.form, how.bytes);
    return false;
  }

  /**
   * Takes the next item, waiting with a promise for one.
   *
   * @throws {EmptyError} when the timeout passed.
   * @throws {ShutDownError} if the queue is empty and shut down.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  get(options?: WaitOptions): Promise<T> {
    try {
      const bounds = boundsOf(options, "Queue.get()");
      const item = this.#store.take();
      if (item !== NONE && !(item instanceof Unread)) return granted<T>(item as T, this.#items);
      const getting = this.#getting("Queue.get()", bounds, false, item);
      return runAsync(getting, this.#items, readIn) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As {@link get}, blocking this thread. */
  getSync(options?: WaitOptions): T {
    const bounds = options === undefined ? undefined : boundsOf(options, "Queue.getSync()");
    let item = this.#store.take();
    if (item === NONE) {
      item = block(this.#getting("Queue.getSync()", bounds ?? boundsOf(undefined), true));
    }
    return (item instanceof Unread ? item.read() : item) as T;
  }

  /**
   * Takes the next item if there is one; `undefined` if not.
   *
   * @throws {ShutDownError} if the queue is empty and shut down.
   */
  tryGet(): T | undefined {
    const item = this.#store.take();
    if (item === NONE) {
      if (this.isShutDown) throw shutDown("get from");
      return undefined;
    }
    return (item instanceof Unread ? item.read() : item) as T;
  }

  /** How many items are in it; another thread may change that at once. */
  qsize(): number {
    const got = countOf(load(this.#at + Q.get)); // first: the other only grows
    return ahead(countOf(load(this.#at + Q.put)), got);
  }

  /** Whether there is no item in it; another thread may change that at once. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether it was shut down. */
  get isShutDown(): boolean {
    return load(this.#at + Q.shut) !== 0;
  }

  /** Returns a snapshot of what is in it and how many wait. */
  statistics(): QueueStatistics {
    return Object.freeze({
      size: this.qsize(),
      maxsize: load(this.#at + Q.maxsize),
      waitingToGet: parkedAt(this.#at + Q.items),
      waitingToPut: parkedAt(this.#at + Q.room),
      unfinished: ahead(countOf(load(this.#at + Q.put)), load(this.#at + Q.done)),
      isShutDown: this.isShutDown,
    });
  }

  /** The items as they come, until the queue is shut down and empty. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return new PulledItems<T>(
      (options) => this.get(options),
      (error) => error instanceof ShutDownError,
    );
  }

  /** The items as they come, blocking this thread, until the queue is shut down and empty. */
  *[Symbol.iterator](): Generator<T, void, void> {
    while (true) {
      let item: T;
      try {
        item = this.getSync();
      } catch (error) {
        if (error instanceof ShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  /** Where the queue lives; for the queues of this module. */
  protected get address(): number {
    return this.#at;
  }

  /** Throws all items away; for the queues of this module. */
  protected discard(): void {
    this.#store.clear();
  }

  /** Shows its size in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    const shut = this.isShutDown ? ", shut down" : "";
    return `${this.constructor.name} { ${this.qsize()} items${shut} }`;
  }

  *#putting(
    what: string,
    item: T,
    first: Attempt,
    bounds: Bounds,
    blocking: boolean,
  ): Waiting<void> {
    const at = this.#at;
    let written: Written | null = typeof first === "object" ? first : null;
    if (first === FULL && !blocking) written = this.#store.write(item);
    const attempt = (): Attempt => {
      const next = written === null ? this.#store.put(item) : this.#store.putWritten(written);
      if (typeof next === "object") written = next;
      return next;
    };
    let how: Attempt = first;
    try {
      while (how !== PUT) {
        if (how === SHUT) throw shutDown("put into");
        const got = load(at + Q.get);
        if (blocking && spinWhile(at + Q.get, got) && (how = attempt()) === PUT) return;
        const changes = load(at + Q.room);
        noteWaiter(at + Q.get);
        how = attempt();
        if (how === PUT || how === SHUT) continue;
        const end = yield { at: at + Q.room, expected: changes, ...bounds, kind: WaitKind.put };
        throwIfEnded(end, what, bounds);
        try {
          how = attempt();
        } catch (error) {
          wakeNext(at + Q.room); // the order threw, so the place is free still, for another
          throw error;
        }
        if (end === "timedOut" && how !== PUT && how !== SHUT) {
          throw new FullError(`${what} ended: no place came free within the timeout`);
        }
      }
    } finally {
      const unsent = written as Written | null;
      if (how !== PUT && unsent !== null) discardItem(unsent.form, unsent.bytes);
    }
  }

  *#getting(
    what: string,
    bounds: Bounds,
    blocking: boolean,
    first: unknown = NONE,
  ): Waiting<unknown> {
    if (first !== NONE) return first;
    const at = this.#at;
    while (true) {
      const put = load(at + Q.put);
      if (blocking && spinWhile(at + Q.put, put)) {
        const item = this.#store.take();
        if (item !== NONE) return item;
        continue;
      }
      const changes = load(at + Q.items);
      const shut = this.isShutDown; // before the second look: what was put before it counts
      noteWaiter(at + Q.put);
      const item = this.#store.take();
      if (item !== NONE) return item;
      if (shut) throw shutDown("get from");
      const end = yield { at: at + Q.items, expected: changes, ...bounds, kind: WaitKind.get };
      throwIfEnded(end, what, bounds);
      let late: unknown;
      try {
        late = this.#store.take();
      } catch (error) {
        wakeNext(at + Q.items); // the order threw, so the item is there still, for another
        throw error;
      }
      if (late !== NONE) return late;
      if (end === "timedOut") {
        throw new EmptyError(`${what} ended: no item came within the timeout`);
      }
    }
  }
}

/** What anyone can know of a queue. */
export interface QueueStatistics {
  /** How many items are in it. */
  readonly size: number;
  /** How many fit; 0: any number. */
  readonly maxsize: number;
  /** How many wait for an item. */
  readonly waitingToGet: number;
  /** How many wait for room. */
  readonly waitingToPut: number;
  /** How many items were put and not yet marked with `taskDone()`. */
  readonly unfinished: number;
  /** Whether it was shut down. */
  readonly isShutDown: boolean;
}

/** How an attempt to put ended. */
type Attempt = ReturnType<Store["put"]>;

/** How a kind of queue keeps its items. */
export interface Keeping {
  /** Fills in a fresh control block. */
  readonly build: (at: number) => void;
  /** The items, seen from this thread. */
  readonly open: (at: number) => unknown;
  /** Gives back what belongs to a queue that nobody knows any more. */
  readonly finalize: (at: number) => void;
}

/** What a put waits for: it is done, and nothing to be given back. */
const DEED: Source<void> = { stands: true };

/** The item itself; one whose modules are not loaded here is read once they are. */
function readIn(item: unknown): unknown {
  return item instanceof Unread ? importAndRead(item) : item;
}

async function importAndRead(item: Unread): Promise<unknown> {
  for (const module of item.modules) await import(module);
  return item.read();
}

/** Refuses what is no number of items. */
export function checkMaxsize(maxsize: number): void {
  const way = "give a whole number below 2^29; 0 is no bound";
  if (typeof maxsize !== "number") {
    throw new TypeError(`Cannot use maxsize ${show(maxsize)} for a queue: ${way}`);
  }
  if (!Number.isInteger(maxsize) || maxsize >= 2 ** 29) {
    throw new RangeError(`Cannot use maxsize ${show(maxsize)} for a queue: ${way}`);
  }
}

function shutDown(action: string): ShutDownError {
  return new ShutDownError(`Cannot ${action} the queue: it was shut down`);
}
