import { checkInteger, checkIterable, show } from "../../core/check.ts";
import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { each } from "../objects/snapshot.ts";
import { detached } from "../objects/detached.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "get",
  "set",
  "append",
  "insert",
  "pop",
  "indexOf",
  "reverse",
  "sort",
  "clear",
  "slice",
  "statistics",
]);

/** The list in its home. */
class ListCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  #items: unknown[];

  constructor(items: Iterable<unknown>) {
    this.#items = [...items];
  }

  get(_caller: Caller, index: number): unknown {
    return detached(this.#items[this.#at(index)]);
  }

  set(_caller: Caller, index: number, value: unknown): void {
    this.#items[this.#at(index)] = value;
  }

  append(_caller: Caller, values: unknown[]): number {
    for (const value of values) this.#items.push(value); // a call takes no more than some 100,000 arguments
    return this.#items.length;
  }

  insert(_caller: Caller, index: number, value: unknown): void {
    this.#items.splice(index, 0, value);
  }

  pop(_caller: Caller, index: number): unknown {
    if (this.#items.length === 0) throw new RangeError("Cannot pop: the list is empty");
    return this.#items.splice(this.#at(index), 1)[0];
  }

  indexOf(_caller: Caller, value: unknown): number {
    return this.#items.indexOf(value);
  }

  reverse(): void {
    this.#items.reverse();
  }

  sort(): void {
    this.#items.sort((a, b) => (a as number) < (b as number) ? -1 : a === b ? 0 : 1);
  }

  clear(): void {
    this.#items = [];
  }

  slice(_caller: Caller, start?: number, end?: number): unknown {
    return detached(this.#items.slice(start, end));
  }

  statistics(): { readonly length: number } {
    return { length: this.#items.length };
  }

  #at(index: number): number {
    const { length } = this.#items;
    const at = index < 0 ? index + length : index;
    if (!Number.isInteger(at) || at < 0 || at >= length) {
      throw new RangeError(`Cannot take item ${show(index)}: the list has ${length}`);
    }
    return at;
  }
}

/**
 * A list that processes share.
 *
 * - Items are copied; what is shared itself (locks, other managed objects) stays the same. So changing an item
 *   that was got changes a copy: set it again, or keep managed objects in it.
 * - Each method is one step for everybody; negative indices count from the end. It crosses like {@link Lock}.
 *
 * Source: `multiprocessing.managers.ListProxy`.
 */
export class ManagedList<T = unknown> extends SharedObject {
  /**
   * Makes it, in this process.
   *
   * @param items what it begins with.
   */
  constructor(items: Iterable<T> = []) {
    checkIterable(items, "items");
    super(() => new ListCore(detached([...items])));
  }

  /**
   * The item at `index`.
   *
   * @throws {RangeError} if there is none.
   */
  get(index: number): Promise<T> {
    checkInteger(index, "index");
    return this.ask("get", [index]);
  }

  /**
   * Replaces the item at `index`.
   *
   * @throws {RangeError} if there is none.
   */
  async set(index: number, value: T): Promise<void> {
    checkInteger(index, "index");
    await this.ask("set", [index, this.#give(value)]);
  }

  /** Adds at the end, and returns how many there are then. */
  push(...values: T[]): Promise<number> {
    return this.ask("append", [this.#give(values)]);
  }

  /** Adds one at the end. */
  async append(value: T): Promise<void> {
    await this.push(value);
  }

  /** Adds several at the end. */
  async extend(values: Iterable<T>): Promise<void> {
    checkIterable(values, "values");
    await this.ask("append", [this.#give([...values])]);
  }

  /** Adds before the item at `index`. */
  async insert(index: number, value: T): Promise<void> {
    checkInteger(index, "index");
    await this.ask("insert", [index, this.#give(value)]);
  }

  /**
   * Takes out the item at `index`, by default the last.
   *
   * @throws {RangeError} if there is none.
   */
  pop(index = -1): Promise<T> {
    checkInteger(index, "index");
    return this.ask("pop", [index]);
  }

  /** Where a plain value is first; -1 if it is not there. */
  indexOf(value: T): Promise<number> {
    return this.ask("indexOf", [value]);
  }

  /** Turns it round. */
  async reverse(): Promise<void> {
    await this.ask("reverse");
  }

  /** Sorts numbers or strings upward. */
  async sort(): Promise<void> {
    await this.ask("sort");
  }

  /** Takes everything out. */
  async clear(): Promise<void> {
    await this.ask("clear");
  }

  /** A copy of a part of it, as `Array.slice` gives it. */
  slice(start?: number, end?: number): Promise<T[]> {
    if (start !== undefined) checkInteger(start, "start");
    if (end !== undefined) checkInteger(end, "end");
    return this.ask("slice", [start, end]);
  }

  /** How many items there are. */
  async length(): Promise<number> {
    return (await this.statistics()).length;
  }

  /** A copy of it. Python: `_getvalue`. */
  getValue(): Promise<T[]> {
    return this.slice();
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<{ readonly length: number }> {
    return this.inspect();
  }

  /** Its items, as they were when it was begun. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return new OrderedReads<T>(each(() => this.slice()));
  }

  #give<V>(value: V): V {
    return this.core === null ? value : detached(value);
  }
}

noteShared("mp.ManagedList", ManagedList, import.meta.url);
