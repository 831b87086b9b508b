import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkNumber, show } from "../../core/check.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { EOFError, InvalidStateError, TimeoutError, TransferError } from "../../core/errors.ts";
import { type Handle, returns, type Traveller, travels } from "../../shared/memory/handle.ts";
import { takeBack } from "../../wire/codec/codec.ts";
import { type EncodedMessage, open, seal, sealBytes } from "../objects/message.ts";

/** How a connection stands. */
export interface ConnectionStatistics {
  /** How many messages this end has sent. */
  readonly sent: number;
  /** How many messages this end has received. */
  readonly received: number;
  /** Whether this end is closed, or has moved. */
  readonly closed: boolean;
}

/**
 * One end of a connection between two processes: whole messages, in order.
 *
 * - `send` copies the message; what is shared (locks, queues, other connections) stays itself. It resolves when the
 *   message is handed to the system, and this process may end; a big buffer in it must not change before.
 * - `recv` gives messages in their order; when the other end is closed and everything is received, it throws `EOFError`.
 * - The other end is closed by its `close()`, and when its process ends.
 * - An end of a {@link Pipe} can be passed to another process and moves there: it is of no use here afterwards.
 *   Not like Python, where every process that has a copy must close it before the other end sees the end.
 * - For `await using` and `for await`.
 *
 * Source: `multiprocessing.connection.Connection`.
 */
export abstract class Connection<Out = unknown, In = Out>
  implements AsyncDisposable, Disposable, AsyncIterable<In>, Traveller {
  /** Whether it can receive. */
  readonly readable: boolean;
  /** Whether it can send. */
  readonly writable: boolean;
  #sent = 0;
  #received = 0;
  #closed = false;

  /** Ends are made by `Pipe`, `Listener` and `Client`. */
  constructor(readable: boolean, writable: boolean) {
    this.readable = readable;
    this.writable = writable;
  }

  /** Whether this end is closed, or has moved to another process. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a message.
   *
   * @throws {TransferError} if it cannot cross; nothing is sent then.
   * @throws {EOFError} if the other end is closed.
   * @throws {InvalidStateError} if this end is closed, or can only receive.
   */
  async send(message: Out): Promise<void> {
    this.#checkWritable();
    const encoded = seal(message);
    try {
      await this.sendLetter(encoded);
    } catch (error) {
      if (error instanceof TransferError) takeBack(encoded.value);
      throw error;
    }
    this.#sent++;
  }

  /**
   * Receives the next message.
   *
   * @throws {EOFError} if the other end is closed and everything is received.
   * @throws {TimeoutError} when the timeout passes first.
   * @throws {InvalidStateError} if this end is closed, or can only send.
   */
  async recv(options: WaitOptions = {}): Promise<In> {
    const encoded = await this.#receive(options);
    return (encoded.marked ? await open(encoded) : encoded.value) as In;
  }

  /**
   * Sends bytes as they are.
   *
   * @param bytes where they are.
   * @param offset where they begin.
   * @param size how many there are; by default all from `offset` on.
   * @throws {RangeError} if there are not so many.
   */
  async sendBytes(
    bytes: Uint8Array,
    offset = 0,
    size?: number,
  ): Promise<void> {
    checkBytes(bytes, "bytes");
    checkNumber(offset, "offset");
    if (size === undefined) size = bytes.length - offset;
    if (!Number.isInteger(offset) || offset < 0 || offset > bytes.length) {
      throw new RangeError(`Cannot send bytes from ${show(offset)} on: there are ${bytes.length}`);
    }
    if (!Number.isInteger(size) || size < 0 || offset + size > bytes.length) {
      throw new RangeError(
        `Cannot send ${show(size)} bytes from ${offset} on: there are ${bytes.length}`,
      );
    }
    this.#checkWritable();
    await this.sendLetter(sealBytes(bytes.subarray(offset, offset + size)));
    this.#sent++;
  }

  /**
   * Receives bytes that were sent with {@link Connection.sendBytes}.
   *
   * @param maxLength the most that are taken.
   * @throws {RangeError} if there are more; the message is lost then, as in Python.
   */
  async recvBytes(maxLength = Infinity, options: WaitOptions = {}): Promise<Uint8Array> {
    checkNumber(maxLength, "maxLength");
    if (maxLength < 0) {
      throw new RangeError(`Cannot use maxLength ${maxLength}: give 0 or more bytes`);
    }
    const { isBytes, value } = await this.#receive(options);
    if (!isBytes) {
      throw new TypeError("Cannot take this message as bytes: it was sent with send(); use recv()");
    }
    const bytes = value as Uint8Array;
    if (bytes.length > maxLength) {
      throw new RangeError(`Cannot take a message of ${bytes.length} bytes: at most ${maxLength}`);
    }
    return bytes;
  }

  /**
   * Receives bytes into `into`, from `offset` on, and returns how many.
   *
   * @throws {RangeError} if they do not fit; the message is its `cause`.
   */
  async recvBytesInto(into: Uint8Array, offset = 0, options: WaitOptions = {}): Promise<number> {
    checkBytes(into, "into");
    if (!Number.isInteger(offset) || offset < 0 || offset > into.length) {
      throw new RangeError(`Cannot receive to ${show(offset)} on: there are ${into.length} bytes`);
    }
    const bytes = await this.recvBytes(Infinity, options);
    if (bytes.length > into.length - offset) {
      throw new RangeError(
        `Cannot receive into the buffer: the message has ${bytes.length} bytes, and there is room for ${
          into.length - offset
        }`,
        { cause: bytes },
      );
    }
    into.set(bytes, offset);
    return bytes.length;
  }

  /**
   * Whether a `recv` would answer at once, with a message or because the other end is closed.
   *
   * @param timeout how long to wait for that, in milliseconds; `Infinity` waits on.
   */
  async poll(timeout: number | WaitOptions = 0): Promise<boolean> {
    this.#checkReadable();
    const options = typeof timeout === "number" ? { timeout } : timeout;
    checkWaitOptions(options, "Connection.poll()");
    options.signal?.throwIfAborted();
    return await this.awaitLetter(options);
  }

  /** Closes this end: the other one gets what was sent, then the end. Twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.closeEnd();
  }

  /** Returns a snapshot of its counters. */
  statistics(): ConnectionStatistics {
    return Object.freeze({ sent: this.#sent, received: this.#received, closed: this.#closed });
  }

  /** Closes this end. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes this end. */
  // deno-lint-ignore require-await -- a promise is what `await using` is for
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Receives until the other end is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<In, void, undefined> {
    return new PulledItems<In>(
      (options) => this.recv(options),
      (error) => error instanceof EOFError,
    );
  }

  /** How it crosses: it moves. */
  [travels](reach: "thread" | "process"): Handle {
    this.#checkOpen();
    const handle = this.leave(reach);
    this.#closed = true;
    return handle;
  }

  /** Its message was not sent: this end is here again. */
  [returns](handle: Handle): void {
    this.comeBack(handle);
    this.#closed = false;
  }

  /** Puts a message on its way. */
  protected abstract sendLetter(encoded: EncodedMessage): Promise<unknown>;
  /** The next message, or `null` when the timeout passes; `EOFError` at the end. */
  protected abstract nextLetter(options: WaitOptions): Promise<EncodedMessage | null>;
  /** Waits until there is a message or the end; `false` when the timeout passes. */
  protected abstract awaitLetter(options: WaitOptions): Promise<boolean>;
  /** Closes what is behind this end. */
  protected abstract closeEnd(): void;
  /** What crosses in its place. */
  protected abstract leave(reach: "thread" | "process"): Handle;
  /** Undoes {@link Connection.leave}. */
  protected abstract comeBack(handle: Handle): void;

  async #receive(options: WaitOptions): Promise<EncodedMessage> {
    this.#checkReadable();
    checkWaitOptions(options, "Connection.recv()");
    options.signal?.throwIfAborted();
    const encoded = await this.nextLetter(options);
    if (encoded === null) {
      throw new TimeoutError(`No message came within ${options.timeout} ms`);
    }
    this.#received++;
    return encoded;
  }

  #checkReadable(): void {
    this.#checkOpen();
    if (!this.readable) throw new InvalidStateError("Cannot receive: the connection is write-only");
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (!this.writable) throw new InvalidStateError("Cannot send: the connection is read-only");
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new InvalidStateError("Cannot use the connection: this end is closed, or has moved");
  }
}

function checkBytes(value: unknown, name: string): void {
  if (value instanceof Uint8Array) return;
  throw new TypeError(`Cannot use ${name} ${show(value)}: give a Uint8Array`);
}
