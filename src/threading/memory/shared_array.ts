import { checkIterable, show } from "../../core/check.ts";
import { subjectOf } from "../../core/construct_for.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { allocatePages, freePages } from "../../shared/memory/heap.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { compareExchange, load, reach, sharedMemory, store } from "../../shared/memory/words.ts";
import type { Lock } from "../sync/lock.ts";
import { finalizeLock, initLock, lockInside } from "../sync/lock_inside.ts";
import {
  bytesOf,
  checkType,
  fit,
  NUMBER_TYPES,
  type NumberOf,
  Numbers,
  type NumberType,
  type ViewOf,
} from "./number_type.ts";

/** Words of its block: counts, type, length, the address of its lock, where the numbers are; the numbers. */
const TYPE = 1, LENGTH = 2, LOCK = 3, PAGES = 4, NUMBERS = 16;
/** Numbers of so many words and more lie on pages of their own, whose address stands in {@link PAGES}. */
const LARGE = 2 ** 14;
/** What stands in {@link PAGES} of numbers that are in the block, and of an array that was disposed of. */
const INSIDE = 0, DISPOSED = -1;
const KIND = "threading.SharedArray";

/** What crosses to another thread. */
interface ArrayHandle {
  readonly at: number;
  readonly size: number;
}

/**
 * A row of numbers that all threads share.
 *
 * - `get`, `set`, `add` and `compareExchange` are one step each: no thread sees them half done.
 * - `view` is the fast way for work on a part that no other thread touches at the time: a typed array on
 *   the numbers themselves. What one thread writes there, others are sure to see after both took a lock,
 *   passed a barrier or the like.
 * - For several steps that belong together take {@link lock}; it keeps out only code that takes it too.
 * - All that threads share has room in 4 GiB. A large array gives its room back at once by `using` or
 *   {@link dispose}, for all threads: what uses the array later throws, and a view that was taken before must
 *   not be used any more. Without that it gives it back when no thread refers to it and the garbage collector
 *   has seen that; which is asked to look when the room is short, but sees nothing that was made in the same
 *   turn of the event loop.
 * - Can be passed to a thread and put in a queue, and is the same array there.
 *
 * Source: Python's `multiprocessing.Array`. Not like Python: elements are reached by `get(i)` and
 * `set(i, value)`, or by index in the `view`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SharedArray } from "@quartet/concurrency/threading";
 *
 * const counts = new SharedArray(3);
 * counts.add(1, 5);
 * counts.view[2] = 7;
 * assertEquals([...counts.view], [0, 5, 7]);
 * ```
 */
export class SharedArray<T extends NumberType = "i32"> {
  readonly #at: number;
  readonly #type: NumberType;
  readonly #numbers: Numbers;
  #lock: Lock | null = null;
  #view: WeakRef<ViewOf<T>> | null = null;

  /**
   * A shared array.
   *
   * @param lengthOrValues how many numbers, all 0; or the numbers themselves.
   * @param type default `"i32"`.
   * @throws {RangeError} if the length is not a whole number of 0 or more, there is no such type, or there is no
   * room for so many numbers.
   * @throws {TypeError} if a number is not of the type.
   */
  constructor(lengthOrValues: number | Iterable<NumberOf<T> | number>, type: T = "i32" as T) {
    checkType(type);
    if (typeof lengthOrValues !== "number") checkIterable(lengthOrValues, "lengthOrValues");
    const values = typeof lengthOrValues === "number"
      ? null
      : Array.from(lengthOrValues, (value) => fit(value, type));
    const length = values?.length ?? lengthOrValues as number;
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`Cannot share ${length} numbers: give a whole number of 0 or more`);
    }
    const words = wordsFor(length, type);
    const isLarge = words >= LARGE;
    const pages = isLarge ? allocatePages(words) : INSIDE;
    const size = subjectOf<ArrayHandle>(new.target)?.size ?? NUMBERS + (isLarge ? 0 : words);
    this.#at = settle(this, new.target, size, (at) => {
      store(at + TYPE, NUMBER_TYPES.indexOf(type));
      store(at + LENGTH, length);
      store(at + PAGES, pages);
      initLock(at + LOCK);
      const numbers = numbersAt(at, sharedMemory());
      values?.forEach((value, i) => numbers.set(i, value));
    }, finalize);
    this.#type = NUMBER_TYPES[load(this.#at + TYPE)]!;
    this.#numbers = numbersAt(this.#at, sharedMemory());
  }

  /** How many numbers there are. */
  get length(): number {
    return load(this.#at + LENGTH) >>> 0;
  }

  /** The number at `i`. */
  get(i: number): NumberOf<T> {
    return this.#numbers.get(this.#place(i)) as NumberOf<T>;
  }

  /** Sets the number at `i`. */
  set(i: number, value: NumberOf<T>): void {
    this.#numbers.set(this.#place(i), fit(value, this.#type));
  }

  /** Adds to the number at `i` and returns what it was before. */
  add(i: number, n: NumberOf<T>): NumberOf<T> {
    return this.#numbers.add(this.#place(i), fit(n, this.#type)) as NumberOf<T>;
  }

  /** Sets the number at `i` if it is `expected`, and returns what it was before. */
  compareExchange(i: number, expected: NumberOf<T>, value: NumberOf<T>): NumberOf<T> {
    const [from, to] = [fit(expected, this.#type), fit(value, this.#type)];
    return this.#numbers.compareExchange(this.#place(i), from, to) as NumberOf<T>;
  }

  /**
   * The numbers as a typed array.
   *
   * Its `buffer` is the memory of the whole library, of which this array is a part: use the view itself,
   * or its `byteOffset` with the buffer, as with Node's buffers.
   */
  get view(): ViewOf<T> {
    this.#checkLive();
    const known = this.#view?.deref();
    if (known !== undefined) return known;
    // A buffer object of its own for the view: as long as anything of that is used, the numbers stay.
    const buffer = structuredClone(sharedMemory());
    const view = numbersAt(this.#at, buffer).view as unknown as ViewOf<T>;
    viewed.register(buffer, this);
    this.#view = new WeakRef(view);
    return view;
  }

  /** A lock for several steps that belong together. */
  get lock(): Lock {
    return this.#lock ??= lockInside(this.#at + LOCK);
  }

  /**
   * Gives the room of the numbers back at once, for all threads. What uses the array later throws, here and
   * elsewhere; views that were taken before must not be used any more. Twice does nothing.
   */
  dispose(): void {
    const at = this.#at;
    for (let pages = load(at + PAGES); pages !== DISPOSED; pages = load(at + PAGES)) {
      if (compareExchange(at + PAGES, pages, DISPOSED) !== pages) continue;
      if (pages !== INSIDE) freePages(pages, wordsAt(at));
    }
    this.#view = null;
  }

  /** As {@link dispose}, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Its type and length, and whether it was disposed of. */
  statistics(): SharedArrayStatistics {
    const disposed = load(this.#at + PAGES) === DISPOSED;
    return Object.freeze({ type: this.#type, length: this.length, disposed });
  }

  /** The numbers, one after another. */
  *[Symbol.iterator](): Generator<NumberOf<T>, void, void> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    this.#checkLive();
    const handle = handleTo(this.#at, KIND, import.meta.url, reach);
    return { ...handle, data: { at: handle.data, size: sizeAt(this.#at) } };
  }

  /** Shows type and length in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    const disposed = load(this.#at + PAGES) === DISPOSED ? ", disposed" : "";
    return `SharedArray { ${this.length} × ${this.#type}${disposed} }`;
  }

  #checkLive(): void {
    if (load(this.#at + PAGES) !== DISPOSED) return;
    throw new InvalidStateError("Cannot use the SharedArray: it was disposed of; make another one");
  }

  #place(i: number): number {
    this.#checkLive();
    if (Number.isInteger(i) && i >= 0 && i < this.length) return i;
    throw new RangeError(
      `Cannot reach number ${show(i)}: the array has numbers 0 to ${this.length - 1}`,
    );
  }
}

/** What anyone can know of a `SharedArray`. */
export interface SharedArrayStatistics {
  /** The type of its numbers. */
  readonly type: NumberType;
  /** How many there are. */
  readonly length: number;
  /** Whether their room was given back. */
  readonly disposed: boolean;
}

/** Keeps an array alive as long as the buffer of its view is used, also after the array was let go. */
const viewed = new FinalizationRegistry<object>(() => {});

/** The words that so many numbers take. */
function wordsFor(length: number, type: NumberType): number {
  const bytes = length * bytesOf(type);
  const { maxByteLength } = sharedMemory();
  if (bytes <= maxByteLength) return Math.ceil(bytes / 4);
  throw new RangeError(
    `Cannot share ${length} numbers of type ${type}: they take ${bytes} bytes, and all that threads share has room in ${maxByteLength}; share fewer at a time`,
  );
}

function wordsAt(at: number): number {
  return wordsFor(load(at + LENGTH) >>> 0, NUMBER_TYPES[load(at + TYPE)]!);
}

function sizeAt(at: number): number {
  return NUMBERS + (wordsAt(at) < LARGE ? wordsAt(at) : 0);
}

/** The numbers of the array; none if it was disposed of. */
function numbersAt(at: number, buffer: SharedArrayBuffer): Numbers {
  const type = NUMBER_TYPES[load(at + TYPE)]!;
  const pages = load(at + PAGES);
  const length = pages === DISPOSED ? 0 : load(at + LENGTH) >>> 0;
  return new Numbers(type, buffer, (pages > 0 ? pages : at + NUMBERS) * 4, length);
}

function finalize(at: number): void {
  finalizeLock(at + LOCK);
  const pages = load(at + PAGES);
  if (pages !== INSIDE && pages !== DISPOSED) freePages(pages, wordsAt(at));
}

noteKind<ArrayHandle>(KIND, (handle) => {
  reach(handle.at + handle.size);
  return arrive(handle, SharedArray, 0);
});
