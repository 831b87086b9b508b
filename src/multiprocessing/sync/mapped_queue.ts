import { checkDelay } from "../../core/check.ts";
import { EOFError } from "../../core/errors.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import { Family } from "../family/family.ts";
import {
  Form,
  type Item,
  itemOf,
  lasting,
  modulesOf,
  postedItem,
  valueOf,
} from "../family/item.ts";
import { Ring } from "../family/ring.ts";
import { RingQueue } from "../family/ring_queue.ts";
import type { Bounds } from "../family/ring_wait.ts";
import { detached } from "../objects/detached.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import type { Coordinates } from "../process/process_identity.ts";
import {
  emptyError,
  fullError,
  QUEUE_QUESTIONS,
  type QueueStatistics,
  shutDownError,
} from "./queue_core.ts";

/** Where a ring is, as it crosses. */
export interface RingPlace {
  readonly family: Coordinates;
  readonly at: number;
  readonly owner: number;
}

/** By which an item goes that has locks or connections in it: the ring holds its number only. */
export interface Post {
  /** Leaves an item with the queue's home. */
  deposit(item: unknown): number | Promise<number>;
  /** Takes it from there. */
  claim(number: number): unknown;
}

/**
 * A queue in the family's memory, as one of its processes sees it.
 *
 * What travels from process to process, as a lock, goes by the home, so that what is said of it comes in the right order; then
 * the item in the ring is the number under which the home has it.
 */
export class MappedQueue {
  readonly place: RingPlace;
  readonly #queue: RingQueue;
  readonly #post: Post;

  constructor(family: Family, ring: Ring, post: Post) {
    this.place = { family: family.coordinates, at: ring.at, owner: ring.owner };
    this.#post = post;
    const { maxItems } = ring;
    this.#queue = new RingQueue(family, ring, {
      empty: emptyError,
      full: () => fullError(maxItems),
      shut: shutDownError,
      gone: () => new EOFError("The process that made this object is gone"),
    }, () => ring.unfinished === 0);
  }

  put(value: unknown, bounds: Bounds): void | Promise<void> {
    const item = itemOf(value);
    return item === null ? this.#putPosted(value, bounds) : this.#queue.put(item, bounds);
  }

  putSync(value: unknown, timeout: number | null): void {
    let item = itemOf(value);
    if (item === null) {
      const number = this.#post.deposit(value);
      if (number instanceof Promise) throw postError("put");
      item = postedItem(number);
    }
    this.#queue.putSync(item, timeout);
  }

  get(bounds: Bounds): unknown {
    const item = this.#queue.get(bounds);
    return item instanceof Promise ? item.then((each) => this.#read(each)) : this.#read(item);
  }

  getSync(timeout: number | null): unknown {
    const item = this.#queue.getSync(timeout);
    const value = this.#read(item);
    if (!(value instanceof Promise)) return value;
    this.#queue.putBack(item);
    throw postError("get");
  }

  putBack(value: unknown): void | Promise<void> {
    const item = itemOf(value);
    if (item !== null) {
      try {
        return this.#queue.putBack(item);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error; // the memory is full: it goes back by its number
      }
    }
    const number = this.#post.deposit(value);
    const back = (each: number): void => this.#queue.putBack(postedItem(each));
    return number instanceof Promise ? number.then(back) : back(number);
  }

  qsize(): number {
    return this.#queue.look((ring) => ring.size);
  }

  full(): boolean {
    return this.#queue.look(({ maxItems, size }) => maxItems > 0 && size >= maxItems);
  }

  taskDone(): void {
    if (this.#queue.finish()) return;
    throw new RangeError(
      "Cannot report a task as done: taskDone() was called too many times; call it once for each item",
    );
  }

  join(bounds: Bounds): boolean | Promise<boolean> {
    return this.#queue.watch(bounds);
  }

  shutdown(immediate: boolean): void {
    for (const item of this.#queue.shutdown(immediate)) this.#discard(item);
  }

  statistics(): QueueStatistics {
    return this.#queue.look((ring) => ({
      size: ring.size,
      maxsize: ring.maxItems,
      waitingToGet: ring.getters.count(),
      waitingToPut: ring.putters.count(),
      unfinished: ring.unfinished,
      isShutDown: ring.isShut,
    }));
  }

  async #putPosted(value: unknown, bounds: Bounds): Promise<void> {
    const number = await this.#post.deposit(value);
    try {
      await this.#queue.put(postedItem(number), bounds);
    } catch (error) {
      await this.#post.claim(number); // it stays with whoever wanted to put it
      throw error;
    }
  }

  #read(item: Item): unknown {
    if (item.form === Form.posted) return this.#post.claim(item.number);
    const modules = modulesOf(item);
    if (modules.length === 0) return valueOf(item);
    const kept = lasting(item);
    return Promise.all(modules.map((each) => import(each))).then(() => valueOf(kept));
  }

  /** Nobody gets it: what it holds is let go of. */
  #discard(item: Item): void {
    if (item.form === Form.posted) this.#post.claim(item.number);
  }
}

/** What other processes may ask it: those without FFI what they ask any, the others for what goes by the home. */
const QUESTIONS: ReadonlySet<string> = new Set([...QUEUE_QUESTIONS, "deposit", "claim"]);

/** A mapped queue in its home, which also serves those who do not see the memory. */
export class MappedQueueCore implements Core, Post {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly queue: MappedQueue;
  /** How many items those who are served have got, and not put back. */
  #got = 0;
  readonly #deposits = new Map<number, unknown>();
  #lastDeposit = 0;

  private constructor(family: Family, ring: Ring) {
    this.queue = new MappedQueue(family, ring, this);
  }

  /** Makes a queue in the family's memory; `null` where that cannot be had or is full, or for a bound that no word holds. */
  static make(maxsize: number): MappedQueueCore | null {
    const family = maxsize < 2 ** 31 ? Family.join() : null;
    const ring = family && Ring.create(family, maxsize, 0);
    return ring && new MappedQueueCore(family, ring);
  }

  put(caller: Caller, item: unknown, timeout: number | null): void | Promise<void> {
    return this.queue.put(item, boundsOf(caller, timeout));
  }

  async get(caller: Caller, timeout: number | null): Promise<unknown> {
    const item = await this.queue.get(boundsOf(caller, timeout));
    this.#got++;
    return item;
  }

  /**
   * Takes back an item that was got and is not used; it comes out first again.
   *
   * @throws {RangeError} if more come back than were got.
   */
  putBack(_caller: Caller, item: unknown): void | Promise<void> {
    if (this.#got === 0) {
      throw new RangeError("Cannot put an item back: all that were got are back");
    }
    this.#got--;
    return this.queue.putBack(item);
  }

  qsize(): number {
    return this.queue.qsize();
  }

  full(): boolean {
    return this.queue.full();
  }

  taskDone(): void {
    this.queue.taskDone();
  }

  join(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    return this.queue.join(boundsOf(caller, timeout));
  }

  shutdown(_caller: Caller, immediate: boolean): void {
    this.queue.shutdown(immediate);
  }

  statistics(): QueueStatistics {
    return this.queue.statistics();
  }

  deposit(...args: [item: unknown] | [caller: Caller, item: unknown]): number {
    this.#deposits.set(++this.#lastDeposit, args.length === 1 ? detached(args[0]) : args[1]);
    return this.#lastDeposit;
  }

  claim(...args: [number: number] | [caller: Caller, number: number]): unknown {
    const number = args.at(-1) as number;
    if (!this.#deposits.has(number)) {
      throw new EOFError("Cannot get the item: its queue's home does not have it any more");
    }
    const item = this.#deposits.get(number);
    this.#deposits.delete(number);
    return item;
  }
}

/** Another process may say anything. */
function boundsOf(leave: Leave, timeout: number | null): Bounds {
  if (timeout !== null) checkDelay(timeout, "timeout");
  return { timeout, leave };
}

function postError(what: string): Error {
  return new Deno.errors.NotSupported(
    `Cannot ${what} without waiting for the event loop: the item has locks, connections or classes in it or is larger than 64 MiB, and comes by it; use ${what}()`,
  );
}
