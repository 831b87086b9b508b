import { show } from "../../core/check.ts";
import { Lock } from "../sync/lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";

/** What a shared number is: 32-bit or 64-bit integers that wrap, or a float. */
export type ValueType = "i32" | "i64" | "f64";

/** A number of a value: a `bigint` in an `"i64"`. */
export type ValueNumber<T extends ValueType> = T extends "i64" ? bigint : number;

/** How a value stands. */
export interface ValueStatistics {
  /** What it is. */
  readonly type: ValueType;
  /** The number. */
  readonly value: number | bigint;
}

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
class ValueCore implements Core {
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
 * - `add` and `compareExchange` are one step each and answer the value before; for longer ones hold its `lock`.
 * - It lives in the process that made it and crosses like {@link Lock}. A number in memory that all processes see
 *   at once is a {@link SharedArray} of one.
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
    super(() => new ValueCore(initial, type));
  }

  /** The number. */
  get(): Promise<ValueNumber<T>> {
    return this.ask("get");
  }

  /** Replaces the number. */
  async set(value: ValueNumber<T>): Promise<void> {
    await this.ask("set", [value]);
  }

  /** Adds to the number and returns what it was before. */
  add(by: ValueNumber<T>): Promise<ValueNumber<T>> {
    return this.ask("add", [by]);
  }

  /** Replaces the number if it is `expected`; returns what it was before. */
  compareExchange(
    expected: ValueNumber<T>,
    value: ValueNumber<T>,
  ): Promise<ValueNumber<T>> {
    return this.ask("compareExchange", [expected, value]);
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
  statistics(): Promise<ValueStatistics> {
    return this.inspect<ValueStatistics>();
  }
}

noteShared("mp.Value", Value, import.meta.url);

/** The number as the type holds it: integers wrap. */
export function fit(value: number | bigint, type: ValueType): number | bigint {
  if (type === "i64") {
    if (typeof value === "number" && Number.isInteger(value)) value = BigInt(value);
    if (typeof value !== "bigint") {
      throw new TypeError(`Cannot keep ${show(value)} in an i64: give a bigint`);
    }
    return BigInt.asIntN(64, value);
  }
  if (typeof value !== "number") {
    throw new TypeError(`Cannot keep ${show(value)} in an ${type}: give a number`);
  }
  return type === "i32" ? value | 0 : value;
}
