import { Deque } from "../../core/collections/deque.ts";
import { EmptyError, FullError, ShutDownError } from "../../core/errors.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { Waiters } from "./waiters.ts";

/** How a queue stands. */
export interface QueueStatistics {
  /** How many items are in it. */
  readonly size: number;
  /** How many fit; 0 for any number. */
  readonly maxsize: number;
  /** How many wait for an item. */
  readonly getting: number;
  /** How many wait for a place. */
  readonly putting: number;
  /** How many items were put and not reported done. */
  readonly unfinished: number;
  /** Whether nobody may put any more. */
  readonly shutDown: boolean;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "put",
  "get",
  "qsize",
  "full",
  "taskDone",
  "join",
  "shutdown",
  "statistics",
]);

/** The queue in its home. */
export class QueueCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #maxsize: number;
  readonly #items = new Deque<unknown>();
  /** Given the item itself, or nothing when the queue is shut down: nobody can come between. */
  readonly #getters = new Waiters<{ item: unknown } | "shutDown">();
  /** Given a place that is kept free for them. */
  readonly #putters = new Waiters<"place" | "shutDown">();
  readonly #joiners = new Waiters<true>();
  /** Places that are kept for putters who are about to use them. */
  #kept = 0;
  #unfinished = 0;
  #shutDown = false;

  constructor(maxsize: number) {
    this.#maxsize = maxsize;
  }

  put(caller: Caller, item: unknown, timeout: number | null): void | Promise<void> {
    if (this.#shutDown) throw shutDownError("put into");
    if (this.full()) return this.#putLater(caller, item, timeout);
    this.#insert(item);
  }

  get(caller: Caller, timeout: number | null): unknown {
    if (this.#items.size === 0) {
      if (this.#shutDown) throw shutDownError("get from");
      return this.#getLater(caller, timeout);
    }
    const item = this.#items.shift();
    if (this.#putters.wake("place") !== undefined) this.#kept++;
    return item;
  }

  qsize(): number {
    return this.#items.size;
  }

  full(): boolean {
    return this.#maxsize > 0 && this.#items.size + this.#kept >= this.#maxsize;
  }

  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new RangeError("Cannot report a task as done: every item that was put is reported");
    }
    if (--this.#unfinished === 0) this.#joiners.wakeAll(true);
  }

  async join(caller: Caller, timeout: number | null): Promise<boolean> {
    return this.#unfinished === 0 || await this.#joiners.wait(caller, timeout) !== null;
  }

  shutdown(_caller: Caller, immediate: boolean): void {
    this.#shutDown = true;
    if (immediate) {
      this.#unfinished -= Math.min(this.#unfinished, this.#items.size);
      this.#items.clear();
      if (this.#unfinished === 0) this.#joiners.wakeAll(true);
    }
    if (this.#items.size === 0) this.#getters.wakeAll("shutDown");
    this.#putters.wakeAll("shutDown");
  }

  statistics(): QueueStatistics {
    return {
      size: this.#items.size,
      maxsize: this.#maxsize,
      getting: this.#getters.size,
      putting: this.#putters.size,
      unfinished: this.#unfinished,
      shutDown: this.#shutDown,
    };
  }

  #insert(item: unknown): void {
    this.#unfinished++;
    if (this.#getters.wake({ item }) === undefined) this.#items.push(item);
  }

  async #putLater(caller: Caller, item: unknown, timeout: number | null): Promise<void> {
    const news = await this.#putters.wait(caller, timeout);
    if (news === "shutDown") throw shutDownError("put into");
    if (news === null) {
      throw new FullError(`the queue stayed full (${this.#maxsize} items) for ${timeout} ms`);
    }
    this.#kept--;
    this.#insert(item);
  }

  async #getLater(caller: Caller, timeout: number | null): Promise<unknown> {
    const news = await this.#getters.wait(caller, timeout);
    if (news === "shutDown") throw shutDownError("get from");
    if (news === null) throw new EmptyError(`nothing came into the queue for ${timeout} ms`);
    return news.item;
  }
}

function shutDownError(what: string): ShutDownError {
  return new ShutDownError(`cannot ${what} the queue: it is shut down`);
}
