import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { IncompleteReadError, InvalidStateError, LimitOverrunError } from "../../core/errors.ts";
import { perform } from "../wait/bounded.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { LoopFuture } from "../task/loop_future.ts";

/** Where a reader gets its bytes: gives some, or `null` at the end. */
export type ByteSource = () => Promise<Uint8Array | null>;

/** How a {@linkcode StreamReader} is made. */
export interface StreamReaderOptions {
  /** How long a line, or what is read up to a separator, may be, in bytes; default 65536. */
  readonly limit?: number;
}

/** What {@linkcode StreamReader.statistics} tells. */
export interface StreamReaderStatistics {
  /** Bytes that have come and are not read yet. */
  readonly buffered: number;
  /** How many reads wait for more: 0 or 1. */
  readonly waiting: number;
  /** Whether nothing more will come. */
  readonly ended: boolean;
}

/** Up to what a reader reads: text or bytes. */
export type Separator = string | Uint8Array;

/** The bytes of text. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** How long a line may be by default. */
export const DEFAULT_LIMIT = 65_536;

/** Ends an iteration over lines. */
const NO_MORE_LINES = new Error("There are no more lines");

/**
 * The receiving end of a stream of bytes.
 *
 * - Bytes are fetched when somebody asks for more than is there, so a reader that is not read holds its
 *   sender up: backpressure needs nothing else.
 * - One reads at a time; a second one that would have to wait is refused.
 * - A wait that is cancelled, or ends by its `{ timeout, signal }`, loses nothing: what comes after it is there for
 *   the next one. A timeout throws `TimeoutError`.
 * - `for await (const line of reader)` gives line by line, with the line ends.
 *
 * Source: Python's `asyncio.StreamReader`.
 *
 * @example Fed by hand, as in tests
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { run, StreamReader } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const reader = new StreamReader();
 *   reader.feedData(new TextEncoder().encode("first\nrest"));
 *   reader.feedEof();
 *   const text = new TextDecoder();
 *   assertEquals(text.decode(await reader.readLine()), "first\n");
 *   assertEquals(text.decode(await reader.read()), "rest");
 * });
 * ```
 */
export class StreamReader implements AsyncIterable<Bytes> {
  readonly #buffer = new ByteBuffer();
  readonly #limit: number;
  readonly #source: ByteSource | null;
  #fetching = false;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #waiter: LoopFuture<void> | null = null;

  /**
   * A reader that is fed by hand.
   *
   * @throws {TypeError} if the limit is no number.
   * @throws {RangeError} if the limit is not positive.
   */
  constructor(options?: StreamReaderOptions);
  /** A reader that fetches from `source`. */
  constructor(options: StreamReaderOptions, source: ByteSource);
  /** A reader. */
  constructor(options: StreamReaderOptions = {}, source: ByteSource | null = null) {
    checkOptions(options, "new StreamReader()", "limit: 65536");
    const { limit = DEFAULT_LIMIT } = options;
    if (typeof limit !== "number") {
      throw new TypeError(`Cannot read with limit ${show(limit)}: give a number of bytes`);
    }
    if (!(limit > 0)) {
      throw new RangeError(`Cannot read with limit ${show(limit)}: give 1 or more bytes`);
    }
    this.#limit = limit;
    this.#source = source;
  }

  /** Whether everything was read and the end has come. */
  atEof(): boolean {
    return this.#ended && this.#buffer.size === 0;
  }

  /** The failure that reads throw; `null` if there is none. */
  exception(): unknown {
    return this.#failure === null ? null : this.#failure.error;
  }

  /** Makes the waiting read and all later ones throw `error`. */
  setException(error: unknown): void {
    this.#failure = { error };
    this.#wake();
  }

  /**
   * Adds bytes, for those who feed by hand.
   *
   * @throws {TypeError} if it is given something else.
   * @throws {InvalidStateError} after the end.
   */
  feedData(bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(`Cannot feed ${describe(bytes)}: give a Uint8Array`);
    }
    if (this.#ended) throw new InvalidStateError("Cannot feed data: the end was fed before");
    if (bytes.length === 0) return;
    this.#buffer.push(bytes);
    this.#wake();
  }

  /** Says that nothing more will come. */
  feedEof(): void {
    this.#ended = true;
    this.#wake();
  }

  /**
   * Reads up to `count` bytes, as soon as any are there; without `count`, everything up to the end.
   *
   * Empty at the end, and for a count of 0.
   *
   * @throws {InvalidStateError} if another one is waiting for bytes already.
   */
  read(count: number = -1, options?: WaitOptions): LoopFuture<Bytes> {
    checkCount(count, -1, "read");
    return perform(() => this.#read(count), options);
  }

  /**
   * Reads a line with its line end (`\n`); at the end of the stream what is left.
   *
   * @throws {LimitOverrunError} if the line is longer than the limit; what there is of it is dropped.
   */
  readLine(options?: WaitOptions): LoopFuture<Bytes> {
    return perform(() => this.#readLine(), options);
  }

  /**
   * Reads exactly `count` bytes.
   *
   * @throws {IncompleteReadError} if the stream ends before; it has what came in `partial`.
   * @throws {RangeError} if `count` is negative.
   */
  readExactly(count: number, options?: WaitOptions): LoopFuture<Bytes> {
    checkCount(count, 0, "read exactly");
    return perform(() => this.#readExactly(count), options);
  }

  /**
   * Reads up to a separator, and with it.
   *
   * Of several separators the one that ends first counts, so that as little as possible is read.
   *
   * @param separator text or bytes, or an array of such; default a line end.
   * @throws {IncompleteReadError} if the stream ends before; it has what came in `partial`.
   * @throws {LimitOverrunError} if it does not come within the limit; what there is stays to be read.
   * @throws {TypeError} if a separator is neither text nor bytes.
   * @throws {RangeError} if a separator is empty, or there is none.
   */
  readUntil(
    separator: Separator | readonly Separator[] = "\n",
    options?: WaitOptions,
  ): LoopFuture<Bytes> {
    const patterns = (Array.isArray(separator) ? separator : [separator]).map(toPattern);
    if (patterns.length === 0) {
      throw new RangeError("Cannot read until one of no separators: give one or more");
    }
    return perform(() => this.#readUntil(patterns), options);
  }

  /** Counts, as a frozen record. */
  statistics(): StreamReaderStatistics {
    return Object.freeze({
      buffered: this.#buffer.size,
      waiting: this.#waiter === null ? 0 : 1,
      ended: this.#ended,
    });
  }

  /** Line by line, up to the end. */
  [Symbol.asyncIterator](): AsyncGenerator<Bytes, void, undefined> {
    const take = async (options: WaitOptions): Promise<Bytes> => {
      const line = await this.readLine(options);
      if (line.length === 0) throw NO_MORE_LINES;
      return line;
    };
    return new PulledItems<Bytes>(take, (error) => error === NO_MORE_LINES);
  }

  *#read(count: number): Generator<unknown, Bytes, unknown> {
    this.#check();
    if (count < 0) {
      while (!this.#ended) yield* this.#more();
      return this.#buffer.take(this.#buffer.size);
    }
    if (count > 0 && this.#buffer.size === 0 && !this.#ended) yield* this.#more();
    return this.#buffer.take(count);
  }

  *#readLine(): Generator<unknown, Bytes, unknown> {
    try {
      return yield* this.#readUntil(LINE_ENDS);
    } catch (error) {
      if (error instanceof IncompleteReadError) return error.partial;
      if (error instanceof LimitOverrunError) {
        const found = this.#buffer.indexOf(LINE_END, error.consumed) === error.consumed;
        this.#buffer.take(found ? error.consumed + LINE_END.length : this.#buffer.size);
      }
      throw error;
    }
  }

  *#readExactly(count: number): Generator<unknown, Bytes, unknown> {
    this.#check();
    while (this.#buffer.size < count) {
      if (this.#ended) throw this.#incomplete(count, `${count} bytes`);
      yield* this.#more();
    }
    return this.#buffer.take(count);
  }

  *#readUntil(patterns: readonly Uint8Array[]): Generator<unknown, Bytes, unknown> {
    this.#check();
    const longest = Math.max(...patterns.map((each) => each.length));
    let searched = 0;
    while (true) {
      const { at, end } = this.#firstOf(patterns, searched);
      if (at > this.#limit) {
        throw overrun(`the separator comes after ${at} bytes, the limit is ${this.#limit}`, at);
      }
      if (at !== -1) return this.#buffer.take(end);
      searched = Math.max(0, this.#buffer.size - longest + 1);
      if (searched > this.#limit) {
        throw overrun(
          `no separator runInScope ${searched} bytes, the limit is ${this.#limit}`,
          searched,
        );
      }
      if (this.#ended) throw this.#incomplete(null, "the separator");
      yield* this.#more();
    }
  }

  /** Where the pattern that ends first begins and ends, at `from` or later; begins at -1 if there is none. */
  #firstOf(patterns: readonly Uint8Array[], from: number): { at: number; end: number } {
    let first = { at: -1, end: Infinity };
    for (const pattern of patterns) {
      const at = this.#buffer.indexOf(pattern, from);
      if (at !== -1 && at + pattern.length < first.end) first = { at, end: at + pattern.length };
    }
    return first;
  }

  /** Waits until there is more than before, or the end. */
  *#more(): Generator<unknown, void, unknown> {
    if (this.#waiter !== null) {
      throw new InvalidStateError("Cannot read: another one is waiting for incoming data already");
    }
    const waiter = this.#waiter = new LoopFuture<void>();
    this.#fetch();
    try {
      yield* waiter;
    } finally {
      this.#waiter = null;
    }
    this.#check();
  }

  #fetch(): void {
    if (this.#source === null || this.#fetching || this.#ended) return;
    this.#fetching = true;
    this.#source().then((bytes) => {
      this.#fetching = false;
      if (this.#ended) return;
      if (bytes === null) this.feedEof();
      else if (bytes.length > 0) this.feedData(bytes);
      else this.#fetch();
    }, (error) => {
      this.#fetching = false;
      this.setException(error);
    });
  }

  #wake(): void {
    if (this.#waiter !== null && !this.#waiter.done()) this.#waiter.setResult();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #incomplete(expected: number | null, what: string): IncompleteReadError {
    const partial = this.#buffer.take(this.#buffer.size);
    return new IncompleteReadError(
      `The stream ended after ${partial.length} bytes, before ${what} had come`,
      { partial, expected },
    );
  }
}

const LINE_END = new Uint8Array([10]);
const LINE_ENDS: readonly Uint8Array[] = [LINE_END];

function toPattern(separator: unknown): Uint8Array {
  const isText = typeof separator === "string";
  if (!isText && !(separator instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read until ${describe(separator)}: give text, a Uint8Array, or an array of them`,
    );
  }
  // Bytes are copied: the caller may use their memory again at once.
  const pattern = isText ? new TextEncoder().encode(separator) : separator.slice();
  if (pattern.length > 0) return pattern;
  throw new RangeError("Cannot read until an empty separator: give one byte or more");
}

/** A short name of a value for a message. */
function describe(value: unknown): string {
  return typeof value === "object" && value !== null
    ? `an object of class ${Object.getPrototypeOf(value)?.constructor?.name ?? "null"}`
    : show(value);
}

function overrun(message: string, consumed: number): LimitOverrunError {
  return new LimitOverrunError(message, { consumed });
}

function checkCount(count: number, least: number, action: string): void {
  if (Number.isInteger(count) && count >= least) return;
  if (least < 0 && typeof count === "number" && (count === Infinity || count < 0)) return;
  throw new RangeError(`Cannot ${action} ${show(count)} bytes: give a whole number of 0 or more`);
}
