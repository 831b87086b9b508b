import { show } from "../../core/check.ts";
import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { each } from "../objects/snapshot.ts";
import { detached } from "../objects/detached.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "get",
  "set",
  "has",
  "delete",
  "pop",
  "setDefault",
  "update",
  "clear",
  "entries",
  "statistics",
]);

/** The map in its home. */
class DictCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #map: Map<unknown, unknown>;

  constructor(entries: Iterable<readonly [unknown, unknown]>) {
    this.#map = new Map(entries);
  }

  get(_caller: Caller, key: unknown): unknown {
    return detached(this.#map.get(key));
  }

  set(_caller: Caller, key: unknown, value: unknown): void {
    this.#map.set(key, value);
  }

  has(_caller: Caller, key: unknown): boolean {
    return this.#map.has(key);
  }

  delete(_caller: Caller, key: unknown): boolean {
    return this.#map.delete(key);
  }

  pop(_caller: Caller, key: unknown, otherwise: unknown): unknown {
    if (!this.#map.has(key)) return otherwise;
    const value = this.#map.get(key);
    this.#map.delete(key);
    return value;
  }

  setDefault(_caller: Caller, key: unknown, value: unknown): unknown {
    if (!this.#map.has(key)) this.#map.set(key, value);
    return detached(this.#map.get(key));
  }

  update(_caller: Caller, entries: [unknown, unknown][]): void {
    for (const [key, value] of entries) this.#map.set(key, value);
  }

  clear(): void {
    this.#map.clear();
  }

  entries(): unknown {
    return detached([...this.#map]);
  }

  statistics(): { readonly size: number } {
    return { size: this.#map.size };
  }
}

/**
 * A map that processes share.
 *
 * - Keys and values are copied; what is shared itself (locks, other managed objects) stays the same. So changing a value
 *   that was got changes a copy: set it again, or keep managed objects in it.
 * - Each method is one step for everybody. It crosses like {@link Lock}.
 * - Not like Python: a key that is not there gives `undefined`.
 *
 * Source: `multiprocessing.managers.DictProxy`.
 */
export class ManagedDict<K = unknown, V = unknown> extends SharedObject {
  /**
   * Makes it, in this process.
   *
   * @param entries what it begins with; an object's own fields, or pairs.
   */
  constructor(entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>> = []) {
    super(() => new DictCore(pairsOf(entries)));
  }

  /** The value at `key`; `otherwise` if there is none. */
  async get<D = undefined>(key: K, otherwise?: D): Promise<V | D> {
    const value = await this.ask<V | undefined>("get", [this.#give(key)]);
    return value === undefined ? otherwise as D : value;
  }

  /** Sets the value at `key`. */
  async set(key: K, value: V): Promise<void> {
    await this.ask("set", [this.#give(key), this.#give(value)]);
  }

  /** Whether there is a value at `key`. */
  has(key: K): Promise<boolean> {
    return this.ask("has", [key]);
  }

  /** Takes out the value at `key`; `false` if there was none. */
  delete(key: K): Promise<boolean> {
    return this.ask("delete", [key]);
  }

  /** Takes out the value at `key` and returns it; `otherwise` if there was none. */
  pop<D = undefined>(key: K, otherwise?: D): Promise<V | D> {
    return this.ask("pop", [key, otherwise]);
  }

  /** The value at `key`, set to `value` if there was none. */
  setDefault(key: K, value: V): Promise<V> {
    return this.ask("setDefault", [this.#give(key), this.#give(value)]);
  }

  /** Sets several values in one step. */
  async update(entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>>): Promise<void> {
    await this.ask("update", [this.#give(pairsOf(entries))]);
  }

  /** Takes everything out. */
  async clear(): Promise<void> {
    await this.ask("clear");
  }

  /** Its pairs now. */
  entries(): Promise<[K, V][]> {
    return this.ask("entries");
  }

  /** Its keys now. */
  async keys(): Promise<K[]> {
    return (await this.entries()).map(([key]) => key);
  }

  /** Its values now. */
  async values(): Promise<V[]> {
    return (await this.entries()).map(([, value]) => value);
  }

  /** How many pairs there are. */
  async size(): Promise<number> {
    return (await this.statistics()).size;
  }

  /** A copy of it. Python: `copy`, `_getvalue`. */
  async getValue(): Promise<Map<K, V>> {
    return new Map(await this.entries());
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<{ readonly size: number }> {
    return this.inspect();
  }

  /** Its pairs, as they were when it was begun. */
  [Symbol.asyncIterator](): AsyncGenerator<[K, V], void, undefined> {
    return new OrderedReads<[K, V]>(each(() => this.entries()));
  }

  #give<T>(value: T): T {
    return this.core === null ? value : detached(value);
  }
}

noteShared("mp.ManagedDict", ManagedDict, import.meta.url);

function pairsOf<K, V>(
  entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>>,
): [K, V][] {
  if (typeof entries !== "object" || entries === null) {
    throw new TypeError(`Cannot use entries ${show(entries)}: give an object or pairs`);
  }
  const pairs = Symbol.iterator in entries
    ? entries as Iterable<readonly [K, V]>
    : Object.entries(entries) as unknown as [K, V][];
  return [...pairs].map(([key, value]) => [key, value]);
}
