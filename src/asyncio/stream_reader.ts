import { PulledItems } from "../core/pulled_items.ts";
import {
  IncompleteReadError,
  InvalidStateError,
  LimitOverrunError,
  type WaitOptions,
} from "../core/mod.ts";
import { perform } from "./bounded.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { LoopFuture } from "./loop_future.ts";

/** Where a reader gets its bytes: gives some, or `null` at the end. */
export type ByteSource = () => Promise<Uint8Array | null>;

/** How a {@linkcode StreamReader} is made. */
export interface StreamReaderOptions {
  /** How long a line, or what is read up to a separator, may be, in bytes; default 65536. */
  readonly limit?: number;
}

/** The bytes of text. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** How long a line may be by default. */
export const DEFAULT_LIMIT = 65_536;

/** Ends an iteration over lines. */
const NO_MORE_LINES = new Error("there are no more lines");

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
   * @throws {RangeError} if the limit is not positive.
   */
  constructor(options?: StreamReaderOptions);
  /** A reader that fetches from `source`. */
  constructor(options: StreamReaderOptions, source: ByteSource);
  /** A reader. */
  constructor(options: StreamReaderOptions = {}, source: ByteSource | null = null) {
    const { limit = DEFAULT_LIMIT } = options;
    if (!(limit > 0)) throw new RangeError(`Cannot read with limit ${limit}: give 1 or more bytes`);
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

  /** Adds bytes, for those who feed by hand. */
  feedData(bytes: Uint8Array): void {
    if (this.#ended) throw new InvalidStateError("cannot feed data after the end");
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
   * @param separator text or bytes; default a line end.
   * @throws {IncompleteReadError} if the stream ends before; it has what came in `partial`.
   * @throws {LimitOverrunError} if it does not come within the limit; what there is stays to be read.
   * @throws {RangeError} if the separator is empty.
   */
  readUntil(separator: string | Uint8Array = "\n", options?: WaitOptions): LoopFuture<Bytes> {
    const pattern = typeof separator === "string" ? new TextEncoder().encode(separator) : separator;
    if (pattern.length === 0) {
      throw new RangeError("Cannot read until an empty separator: give one byte or more");
    }
    return perform(() => this.#readUntil(pattern), options);
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
      return yield* this.#readUntil(LINE_END);
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

  *#readUntil(pattern: Uint8Array): Generator<unknown, Bytes, unknown> {
    this.#check();
    let searched = 0;
    while (true) {
      const at = this.#buffer.indexOf(pattern, searched);
      if (at > this.#limit) {
        throw overrun(`the separator comes after ${at} bytes, the limit is ${this.#limit}`, at);
      }
      if (at !== -1) return this.#buffer.take(at + pattern.length);
      searched = Math.max(0, this.#buffer.size - pattern.length + 1);
      if (searched > this.#limit) {
        throw overrun(
          `no separator within ${searched} bytes, the limit is ${this.#limit}`,
          searched,
        );
      }
      if (this.#ended) throw this.#incomplete(null, "the separator");
      yield* this.#more();
    }
  }

  /** Waits until there is more than before, or the end. */
  *#more(): Generator<unknown, void, unknown> {
    if (this.#waiter !== null) {
      throw new InvalidStateError("cannot read: another one is waiting for incoming data already");
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
      `the stream ended after ${partial.length} bytes, before ${what} had come`,
      { partial, expected },
    );
  }
}

const LINE_END = new Uint8Array([10]);

function overrun(message: string, consumed: number): LimitOverrunError {
  return new LimitOverrunError(message, { consumed });
}

function checkCount(count: number, least: number, action: string): void {
  if (Number.isInteger(count) && count >= least) return;
  if (least < 0 && (count === Infinity || count < 0)) return;
  throw new RangeError(`Cannot ${action} ${count} bytes: give a whole number of 0 or more`);
}
