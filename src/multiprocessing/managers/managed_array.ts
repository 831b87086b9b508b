import { checkInteger, checkIterable, show } from "../../core/check.ts";
import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { each } from "../objects/snapshot.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";
import { fit, type ValueNumber, type ValueType } from "./value_type.ts";

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["get", "set", "slice", "statistics"]);

/** How an array stands. */
export interface ManagedArrayStatistics {
  /** How many numbers there are. */
  readonly length: number;
  /** What they are. */
  readonly type: ValueType;
}

/** The array in its home. */
class ArrayCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #items: (number | bigint)[];
  readonly #type: ValueType;

  constructor(items: (number | bigint)[], type: ValueType) {
    this.#items = items;
    this.#type = type;
  }

  get(_caller: Caller, index: number): number | bigint {
    return this.#items[this.#at(index)] as number | bigint;
  }

  set(_caller: Caller, index: number, value: number | bigint): void {
    this.#items[this.#at(index)] = fit(value, this.#type);
  }

  slice(_caller: Caller, start?: number, end?: number): (number | bigint)[] {
    return this.#items.slice(start, end);
  }

  statistics(): ManagedArrayStatistics {
    return { length: this.#items.length, type: this.#type };
  }

  #at(index: number): number {
    const { length } = this.#items;
    const at = typeof index === "number" && index < 0 ? index + length : index;
    if (!Number.isInteger(at) || at < 0 || at >= length) {
      throw new RangeError(
        `Cannot take number ${show(index)} of ${length}: give a whole number from ${-length} to ${
          length - 1
        }`,
      );
    }
    return at;
  }
}

/**
 * Numbers of one type that processes share; their count is fixed.
 *
 * - Each method is one step for everybody; negative indices count from the end. It crosses like {@link Lock}.
 * - It lives in the process that made it and needs no permission. Many numbers that change often are better kept in a
 *   {@link SharedArray}.
 *
 * Source: `multiprocessing.managers.ArrayProxy`.
 */
export class ManagedArray<T extends ValueType = "i32"> extends SharedObject {
  /**
   * Makes it, in this process.
   *
   * @param lengthOrValues how many zeros, or the numbers to begin with.
   * @param type `"i32"` (the default), `"i64"` (bigints) or `"f64"`.
   * @throws {TypeError} if a number is not of the type.
   * @throws {RangeError} if the length is no whole number, or there is no such type.
   */
  constructor(lengthOrValues: number | Iterable<ValueNumber<T>> = 0, type: T = "i32" as T) {
    if (!["i32", "i64", "f64"].includes(type)) {
      throw new RangeError(
        `Cannot make an array of type ${show(type)}: there are i32, i64 and f64`,
      );
    }
    const items = numbersOf(lengthOrValues, type);
    super(() => new ArrayCore(items, type));
  }

  /**
   * The number at `index`.
   *
   * @throws {RangeError} if there is none.
   */
  get(index: number): Promise<ValueNumber<T>> {
    return this.ask("get", [index]);
  }

  /**
   * Replaces the number at `index`.
   *
   * @throws {RangeError} if there is none.
   * @throws {TypeError} if the number is not of the array's type.
   */
  async set(index: number, value: ValueNumber<T>): Promise<void> {
    await this.ask("set", [index, value]);
  }

  /** A copy of a part of it, as `Array.slice` gives it. */
  slice(start?: number, end?: number): Promise<ValueNumber<T>[]> {
    if (start !== undefined) checkInteger(start, "start");
    if (end !== undefined) checkInteger(end, "end");
    return this.ask("slice", [start, end]);
  }

  /** A copy of it. Python: `_getvalue`. */
  getValue(): Promise<ValueNumber<T>[]> {
    return this.slice();
  }

  /** How many numbers there are. */
  async length(): Promise<number> {
    return (await this.statistics()).length;
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<ManagedArrayStatistics> {
    return this.inspect();
  }

  /** Its numbers, as they were when it was begun. */
  [Symbol.asyncIterator](): AsyncGenerator<ValueNumber<T>, void, undefined> {
    return new OrderedReads<ValueNumber<T>>(each(() => this.slice()));
  }
}

noteShared("mp.ManagedArray", ManagedArray, import.meta.url);

function numbersOf(
  given: number | Iterable<number | bigint>,
  type: ValueType,
): (number | bigint)[] {
  if (typeof given !== "number") {
    checkIterable(given, "lengthOrValues");
    return Array.from(given, (value) => fit(value, type));
  }
  if (!Number.isInteger(given) || given < 0 || given >= 2 ** 32) {
    throw new RangeError(
      `Cannot use length ${given}: give a whole number of 0 or more, or an iterable of numbers`,
    );
  }
  return new Array(given).fill(fit(0, type));
}
