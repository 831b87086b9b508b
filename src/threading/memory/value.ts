import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { load, sharedMemory, store } from "../../shared/memory/words.ts";
import type { Lock } from "../sync/lock.ts";
import { finalizeLock, initLock, lockInside } from "../sync/lock_inside.ts";
import {
  checkType,
  fit,
  NUMBER_TYPES,
  type NumberOf,
  Numbers,
  type NumberType,
} from "./number_type.ts";

/** Words of its block: counts, type, the number (64 bits), the address of its lock. */
const TYPE = 1, NUMBER = 2, LOCK = 4, SIZE = 5;
const KIND = "threading.Value";

/**
 * One number that all threads share.
 *
 * - Each method is one step: no thread sees it half done, and no lock is needed for it.
 * - For several steps that belong together take {@link lock}; it keeps out only code that takes it too.
 * - Integers wrap at their width. An `"i64"` holds bigints.
 * - Can be passed to a thread and put in a queue, and is the same number there.
 *
 * Source: Python's `multiprocessing.Value`; between threads Python needs none. Not like Python: `add` and
 * `compareExchange` are atomic, `get()` and `set()` stand for `.value`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Value } from "@quartet/concurrency/threading";
 *
 * const hits = new Value(0);
 * assertEquals(hits.add(5), 0);
 * assertEquals(hits.compareExchange(5, 7), 5);
 * assertEquals(hits.get(), 7);
 * ```
 */
export class Value<T extends NumberType = "i32"> {
  readonly #at: number;
  readonly #type: NumberType;
  readonly #numbers: Numbers;
  #lock: Lock | null = null;

  /**
   * A shared number.
   *
   * @param initial what it is at first; default 0.
   * @param type default `"i32"`.
   * @throws {RangeError} if there is no such type.
   * @throws {TypeError} if the number is not of the type.
   */
  constructor(initial: NumberOf<T> | number = 0, type: T = "i32" as T) {
    checkType(type);
    const first = fit(initial, type);
    this.#at = settle(this, new.target, SIZE, (at) => {
      store(at + TYPE, NUMBER_TYPES.indexOf(type));
      initLock(at + LOCK);
      numbersAt(at, type).set(0, first);
    }, finalize);
    this.#type = NUMBER_TYPES[load(this.#at + TYPE)]!;
    this.#numbers = numbersAt(this.#at, this.#type);
  }

  /** The number. */
  get(): NumberOf<T> {
    return this.#numbers.get(0) as NumberOf<T>;
  }

  /** Sets the number. */
  set(value: NumberOf<T>): void {
    this.#numbers.set(0, fit(value, this.#type));
  }

  /** Adds to the number and returns what it was before. */
  add(n: NumberOf<T>): NumberOf<T> {
    return this.#numbers.add(0, fit(n, this.#type)) as NumberOf<T>;
  }

  /** Sets the number if it is `expected`, and returns what it was before. */
  compareExchange(expected: NumberOf<T>, value: NumberOf<T>): NumberOf<T> {
    const [from, to] = [fit(expected, this.#type), fit(value, this.#type)];
    return this.#numbers.compareExchange(0, from, to) as NumberOf<T>;
  }

  /** A lock for several steps that belong together. */
  get lock(): Lock {
    return this.#lock ??= lockInside(this.#at + LOCK);
  }

  /** Its type and number. */
  statistics(): ValueStatistics {
    return Object.freeze({ type: this.#type, value: this.get() });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#at, KIND, import.meta.url, reach);
  }

  /** Shows the number in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Value { ${this.get()} }`;
  }
}

/** What anyone can know of a `Value`. */
export interface ValueStatistics {
  /** Its type. */
  readonly type: NumberType;
  /** The number. */
  readonly value: number | bigint;
}

function numbersAt(at: number, type: NumberType): Numbers {
  return new Numbers(type, sharedMemory(), (at + NUMBER) * 4, 1);
}

function finalize(at: number): void {
  finalizeLock(at + LOCK);
}

noteKind<number>(KIND, (at) => arrive({ at }, Value));
