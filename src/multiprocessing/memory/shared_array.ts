import { constructFor, subjectOf } from "../../core/construct_for.ts";
import { checkIterable, show } from "../../core/check.ts";
import { TransferError } from "../../core/errors.ts";
import {
  type Handle,
  noteKind,
  returns,
  type Traveller,
  travels,
} from "../../shared/memory/handle.ts";
import { Lock } from "../sync/lock.ts";
import { attachNamed, SharedMemory } from "./shared_memory.ts";
import type { Journey as LockJourney } from "../objects/journey.ts";
import { stand } from "../objects/shared_object.ts";
import type { ValueNumber, ValueType } from "../managers/value_type.ts";

type View = Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** The typed array that holds numbers of a type. */
export type SharedView<T extends ValueType> = T extends "i32" ? Int32Array
  : T extends "i64" ? BigInt64Array
  : Float64Array;

/** What crosses in its place. */
interface Journey {
  readonly name: string;
  readonly length: number;
  readonly type: ValueType;
  readonly lock: LockJourney;
}

/** What an array speaks for that came from another process. */
interface Subject {
  readonly memory: SharedMemory;
  readonly lock: Lock;
}

/**
 * Numbers in memory that several processes see at once.
 *
 * - `get`, `set`, `add` and `compareExchange` do not wait, and each is one step for everybody. For longer
 *   changes hold its `lock`.
 * - It crosses as an argument or inside values and is the same memory there. It needs what {@link SharedMemory}
 *   needs; `close()` it in each process, `unlink()` it once.
 *
 * Source: `multiprocessing.Array` and `RawArray`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SharedArray } from "@quartet/concurrency/multiprocessing";
 *
 * using numbers = new SharedArray([1, 2, 3]);
 * assertEquals(numbers.add(0, 5), 1);
 * assertEquals([...numbers.view], [6, 2, 3]);
 * numbers.unlink();
 * ```
 */
export class SharedArray<T extends ValueType = "i32"> implements Traveller, Disposable {
  /** How many numbers there are. */
  readonly length: number;
  /** What the numbers are. */
  readonly type: T;
  /** The lock to hold for longer changes. */
  readonly lock: Lock;
  readonly #memory: SharedMemory;
  readonly #view: View;
  /** The bits of floats, for what has to be one step. */
  readonly #bits: BigInt64Array<ArrayBuffer>;

  /**
   * Makes the array in new shared memory.
   *
   * @param lengthOrValues how many zeros, or the numbers to begin with.
   * @param type `"i32"` (the default), `"i64"` (bigints) or `"f64"`.
   * @throws {RangeError} if the length is no whole number above zero, or there is no such type.
   */
  constructor(lengthOrValues: number | Iterable<ValueNumber<T>>, type: T = "i32" as T) {
    if (typeof lengthOrValues !== "number") checkIterable(lengthOrValues, "lengthOrValues");
    const values = typeof lengthOrValues === "number" ? null : [...lengthOrValues];
    const length = values?.length ?? lengthOrValues as number;
    if (!Number.isSafeInteger(length) || length < 1) {
      throw new RangeError(`Cannot share ${length} numbers: give a whole number above 0`);
    }
    if (!["i32", "i64", "f64"].includes(type)) {
      throw new RangeError(
        `Cannot make an array of type ${show(type)}: there are i32, i64 and f64`,
      );
    }
    const given = subjectOf<Subject>(new.target);
    this.length = length;
    this.type = type;
    this.#memory = given?.memory ?? new SharedMemory({ size: length * (type === "i32" ? 4 : 8) });
    this.lock = given?.lock ?? new Lock();
    const { buffer } = this.#memory.buf as Uint8Array<ArrayBuffer>;
    this.#view = type === "i32"
      ? new Int32Array(buffer, 0, length)
      : type === "i64"
      ? new BigInt64Array(buffer, 0, length)
      : new Float64Array(buffer, 0, length);
    this.#bits = new BigInt64Array(buffer, 0, type === "i32" ? 0 : length);
    try {
      values?.forEach((value, index) => this.set(index, value));
    } catch (error) {
      this.close();
      this.unlink();
      throw error;
    }
  }

  /** The numbers themselves; changes through it are not one step. */
  get view(): SharedView<T> {
    return this.#view as unknown as SharedView<T>;
  }

  /**
   * The number at `index`; a negative one counts from the end.
   *
   * @throws {RangeError} if there is none.
   */
  get(index: number): ValueNumber<T> {
    const at = this.#at(index);
    if (this.type === "f64") return toFloat(Atomics.load(this.#bits, at)) as ValueNumber<T>;
    return Atomics.load(this.#view as Int32Array, at) as ValueNumber<T>;
  }

  /** Replaces the number at `index`. */
  set(index: number, value: ValueNumber<T>): void {
    const at = this.#at(index);
    this.#checkNumbers(value);
    if (this.type === "f64") Atomics.store(this.#bits, at, toBits(value as number));
    else Atomics.store(this.#view as Int32Array, at, value as number);
  }

  /** Adds to the number at `index` and returns what it was before. */
  add(index: number, by: ValueNumber<T>): ValueNumber<T> {
    const at = this.#at(index);
    this.#checkNumbers(by);
    if (this.type !== "f64") {
      return Atomics.add(this.#view as Int32Array, at, by as number) as ValueNumber<T>;
    }
    for (;;) {
      const bits = Atomics.load(this.#bits, at);
      const before = toFloat(bits);
      const after = toBits(before + (by as number));
      if (Atomics.compareExchange(this.#bits, at, bits, after) === bits) {
        return before as ValueNumber<T>;
      }
    }
  }

  /** Replaces the number at `index` if it is `expected`; returns what it was before. */
  compareExchange(
    index: number,
    expected: ValueNumber<T>,
    value: ValueNumber<T>,
  ): ValueNumber<T> {
    const at = this.#at(index);
    this.#checkNumbers(expected, value);
    if (this.type === "f64") {
      const [was, is] = [toBits(expected as number), toBits(value as number)];
      return toFloat(Atomics.compareExchange(this.#bits, at, was, is)) as ValueNumber<T>;
    }
    const view = this.#view as Int32Array;
    return Atomics.compareExchange(
      view,
      at,
      expected as number,
      value as number,
    ) as ValueNumber<T>;
  }

  /** Takes the memory out of this process. */
  close(): void {
    this.#memory.close();
  }

  /** Removes the memory's name; it stays as long as somebody has it. */
  unlink(): void {
    this.#memory.unlink();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The numbers now. */
  [Symbol.iterator](): IterableIterator<ValueNumber<T>> {
    return this.#view.values() as IterableIterator<ValueNumber<T>>;
  }

  /** Returns a snapshot of its counters. */
  statistics(): { readonly length: number; readonly type: T; readonly name: string } {
    const { length, type } = this;
    return Object.freeze({ length, type, name: this.#memory.name });
  }

  /** How it crosses: by its memory's name and its lock's address. */
  [travels](reach: "thread" | "process"): Handle {
    if (reach === "thread") {
      throw new TransferError("Cannot send it to a thread: use threading.SharedArray");
    }
    const lock = this.lock[travels](reach).data as LockJourney;
    const { length, type } = this;
    const journey: Journey = { name: this.#memory.name, length, type, lock };
    return { kind: "mp.SharedArray", module: import.meta.url, data: journey };
  }

  /** It was not sent. */
  [returns](handle: Handle): void {
    this.lock[returns]({ ...handle, data: (handle.data as Journey).lock });
  }

  #checkNumbers(...values: unknown[]): void {
    const { type } = this;
    for (const value of values) {
      if (type === "i64" ? typeof value === "bigint" : typeof value === "number") continue;
      const right = type === "i64" ? "a bigint" : "a number";
      throw new TypeError(`Cannot keep ${show(value)} in an array of ${type}: give ${right}`);
    }
  }

  #at(index: number): number {
    const at = typeof index === "number" && index < 0 ? index + this.length : index;
    if (!Number.isInteger(at) || at < 0 || at >= this.length) {
      throw new RangeError(`Cannot take number ${show(index)}: the array has ${this.length}`);
    }
    return at;
  }
}

noteKind("mp.SharedArray", (data: Partial<Journey> | null, source) => {
  const { name, length, type, lock } = data ?? {};
  const heldBy = stand(lock, Lock);
  const memory = attachNamed(name, source);
  try {
    return constructFor({ memory, lock: heldBy } satisfies Subject, SharedArray, length, type);
  } catch (error) {
    memory.close();
    throw error;
  }
});

const scratch = new DataView(new ArrayBuffer(8));

function toBits(value: number): bigint {
  scratch.setFloat64(0, value);
  return scratch.getBigInt64(0);
}

function toFloat(bits: bigint): number {
  scratch.setBigInt64(0, bits);
  return scratch.getFloat64(0);
}
