import { show } from "../../core/check.ts";
import { Lock } from "../sync/lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { Block } from "../mapped/block.ts";
import { MappedValue, MappedValueCore, VALUE_SIZE } from "../mapped/value.ts";
import { fit, type ValueNumber, type ValueStatistics, type ValueType } from "./value_type.ts";
import { blockOf, noteShared, SharedObject } from "../objects/shared_object.ts";

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "get",
  "set",
  "add",
  "compareExchange",
  "getLock",
  "statistics",
]);

/** The value in its home. */
export class ValueCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #type: ValueType;
  readonly lock = new Lock();
  #value: number | bigint;

  constructor(initial: number | bigint, type: ValueType) {
    this.#type = type;
    this.#value = fit(initial, type);
  }

  get(): number | bigint {
    return this.#value;
  }

  set(_caller: Caller, value: number | bigint): void {
    this.#value = fit(value, this.#type);
  }

  add(_caller: Caller, by: number | bigint): number | bigint {
    const before = this.#value;
    // Both are of the same type: fit() has seen to it.
    this.#value = fit((before as number) + (fit(by, this.#type) as number), this.#type);
    return before;
  }

  compareExchange(
    _caller: Caller,
    expected: number | bigint,
    value: number | bigint,
  ): number | bigint {
    const before = this.#value;
    if (Object.is(before, fit(expected, this.#type))) this.#value = fit(value, this.#type);
    return before;
  }

  getLock(): Lock {
    return this.lock;
  }

  statistics(): ValueStatistics {
    return { type: this.#type, value: this.#value };
  }
}

/**
 * A number that processes share.
 *
 * - `add` and `compareExchange` are one step each and return the value before; for longer ones hold its `lock`.
 * - It crosses like {@link Lock}, and is served or stands in shared memory as that does.
 *
 * Source: `multiprocessing.Value`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Value } from "@quartet/concurrency/multiprocessing";
 *
 * const counter = new Value(5);
 * assertEquals(await counter.add(2), 5);
 * assertEquals(await counter.get(), 7);
 * ```
 */
export class Value<T extends ValueType = "i32"> extends SharedObject {
  #lock: Promise<Lock> | null = null;
  readonly #mapped: MappedValue | null;

  /**
   * Makes it, in this process.
   *
   * @param initial its first number.
   * @param type `"i32"` (the default), `"i64"` (bigints) or `"f64"`.
   * @throws {RangeError} if the type is none of these.
   * @throws {TypeError} if the number is not of the type.
   */
  constructor(initial: number | bigint = 0, type: T = "i32" as T) {
    if (!["i32", "i64", "f64"].includes(type)) {
      throw new RangeError(`Cannot make a value of type ${show(type)}: there are i32, i64 and f64`);
    }
    fit(initial, type);
    super(() => {
      const block = Block.make(KIND, VALUE_SIZE);
      return block === null
        ? new ValueCore(initial, type)
        : new MappedValueCore(block, initial, type, new Lock());
    });
    const block = blockOf(this);
    this.#mapped = block === null ? null : new MappedValue(block);
  }

  /** The number. */
  async get(): Promise<ValueNumber<T>> {
    if (this.#mapped === null) return await this.ask("get");
    return this.#mapped.get() as ValueNumber<T>;
  }

  /** Replaces the number. */
  async set(value: ValueNumber<T>): Promise<void> {
    if (this.#mapped === null) await this.ask("set", [value]);
    else this.#mapped.set(value);
  }

  /** Adds to the number and returns what it was before. */
  async add(by: ValueNumber<T>): Promise<ValueNumber<T>> {
    if (this.#mapped === null) return await this.ask("add", [by]);
    return this.#mapped.add(by) as ValueNumber<T>;
  }

  /** Replaces the number if it is `expected`; returns what it was before. */
  async compareExchange(
    expected: ValueNumber<T>,
    value: ValueNumber<T>,
  ): Promise<ValueNumber<T>> {
    if (this.#mapped === null) return await this.ask("compareExchange", [expected, value]);
    return this.#mapped.compareExchange(expected, value) as ValueNumber<T>;
  }

  /** The lock to hold for longer changes. */
  getLock(): Promise<Lock> {
    return this.#lock ??= this.ask<Lock>("getLock");
  }

  /** The same as {@link Value.getLock}. */
  get lock(): Promise<Lock> {
    return this.getLock();
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<ValueStatistics> {
    if (this.#mapped === null) return await this.inspect<ValueStatistics>();
    return Object.freeze(this.#mapped.statistics());
  }
}

const KIND = "mp.Value";

noteShared(KIND, Value, import.meta.url);
