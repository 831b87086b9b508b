import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkNumber, show } from "../../core/check.ts";
import { NEVER } from "../../core/current.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { EOFError, InvalidStateError, TimeoutError, TransferError } from "../../core/errors.ts";
import { type Leave, unlessLeft, withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { type Handle, returns, type Traveller, travels } from "../../shared/memory/handle.ts";
import { takeBack } from "../../wire/codec/codec.ts";
import {
  Form,
  type Item,
  itemOf,
  modulesOf,
  postedItem,
  rawItem,
  valueOf,
} from "../family/item.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { again, readItem, type RingPipe, travelError } from "./ring_pipe.ts";
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

/** Has messages go through memory; for ends of pipes. */
export let setWay: (connection: Connection, way: RingPipe | null, isBridged: () => boolean) => void;

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
  /** The way through memory that the processes of both ends see; `null` where messages go by themselves. */
  #way: RingPipe | null = null;
  /** Whether this process passes on what the other end sends: then it cannot block. */
  #isBridged: () => boolean = () => false;

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
   * Once it is on its way a cancel comes too late: that is told at the next wait.
   *
   * @throws {TransferError} if it cannot cross; nothing is sent then.
   * @throws {EOFError} if the other end is closed.
   * @throws {InvalidStateError} if this end is closed, or can only receive.
   * @throws {RangeError} if the memory that the processes share is full, in a process that sees it; nothing is sent then.
   */
  send(message: Out): Promise<void> {
    return this.#sending("Connection.send()", () => itemOf(message), () => seal(message));
  }

  /**
   * As {@link Connection.send}, blocking this thread while the other end is far behind.
   *
   * @throws {Deno.errors.NotSupported} where the ends are not in memory that their processes share, which takes `--allow-ffi`.
   */
  sendSync(message: Out): void {
    this.#checkWritable();
    const way = this.#blocking("sendSync");
    const item = itemOf(message);
    if (item === null) throw travelError("sendSync", "send");
    way.outbound.putSync(item, null);
    this.#sent++;
  }

  /**
   * Receives the next message.
   *
   * @throws {EOFError} if the other end is closed and everything is received.
   * @throws {TimeoutError} when the timeout passes first.
   * @throws {InvalidStateError} if this end is closed, or can only send.
   */
  recv(options: WaitOptions = {}): Promise<In> {
    return this.#receiving<In>("Connection.recv()", options, contentOf);
  }

  /**
   * As {@link Connection.recv}, blocking this thread.
   *
   * A child that is still starting needs the event loop of its parent: `await` something of it first.
   *
   * @throws {Deno.errors.NotSupported} where the ends are not in memory that their processes share, which takes `--allow-ffi`.
   */
  recvSync(options: WaitOptions = {}): In {
    checkWaitOptions(options, "Connection.recvSync()");
    this.#checkReadable();
    const { inbound } = this.#blocking("recvSync");
    const { timeout } = options;
    const item = inbound.getSync(timeout === undefined || timeout === Infinity ? null : timeout);
    if (item.form !== Form.posted && modulesOf(item).length === 0) {
      this.#received++;
      return valueOf(item) as In;
    }
    inbound.putBack(item);
    throw travelError("recvSync", "recv");
  }

  /**
   * Sends bytes as they are.
   *
   * @param bytes where they are.
   * @param offset where they begin.
   * @param size how many there are; by default all from `offset` on.
   * @throws {RangeError} if there are not so many.
   */
  sendBytes(
    bytes: Uint8Array,
    offset = 0,
    size?: number,
  ): Promise<void> {
    const part = (): Uint8Array => {
      checkBytes(bytes, "bytes");
      checkNumber(offset, "offset");
      const length = size === undefined ? bytes.length - offset : size;
      if (!Number.isInteger(offset) || offset < 0 || offset > bytes.length) {
        throw new RangeError(
          `Cannot send bytes from ${show(offset)} on: there are ${bytes.length}`,
        );
      }
      if (!Number.isInteger(length) || length < 0 || offset + length > bytes.length) {
        throw new RangeError(
          `Cannot send ${show(length)} bytes from ${offset} on: there are ${bytes.length}`,
        );
      }
      return bytes.subarray(offset, offset + length);
    };
    return this.#sending(
      "Connection.sendBytes()",
      () => rawItem(part()),
      () => sealBytes(part()),
    );
  }

  /**
   * Receives bytes that were sent with {@link Connection.sendBytes}.
   *
   * @param maxLength the most that are taken.
   * @throws {RangeError} if there are more; the message is lost then, as in Python.
   */
  recvBytes(maxLength = Infinity, options: WaitOptions = {}): Promise<Uint8Array> {
    const check = (): void => {
      checkNumber(maxLength, "maxLength");
      if (maxLength >= 0) return;
      throw new RangeError(`Cannot use maxLength ${maxLength}: give 0 or more bytes`);
    };
    return this.#receiving("Connection.recvBytes()", options, (encoded) => {
      const bytes = bytesOf(encoded);
      if (bytes.length <= maxLength) return bytes;
      throw new RangeError(`Cannot take a message of ${bytes.length} bytes: at most ${maxLength}`);
    }, check);
  }

  /**
   * Receives bytes into `into`, from `offset` on, and returns how many.
   *
   * @throws {RangeError} if they do not fit; the message is its `cause`.
   */
  recvBytesInto(into: Uint8Array, offset = 0, options: WaitOptions = {}): Promise<number> {
    const check = (): void => {
      checkBytes(into, "into");
      if (Number.isInteger(offset) && offset >= 0 && offset <= into.length) return;
      throw new RangeError(`Cannot receive to ${show(offset)} on: there are ${into.length} bytes`);
    };
    return this.#receiving("Connection.recvBytesInto()", options, (encoded) => {
      const bytes = bytesOf(encoded);
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
    }, check);
  }

  /**
   * Whether a `recv` would return at once, with a message or because the other end is closed.
   *
   * @param timeout how long to wait for that, in milliseconds; `Infinity` waits on.
   */
  poll(timeout: number | WaitOptions = 0): Promise<boolean> {
    const options = typeof timeout === "number" ? { timeout } : timeout;
    return withdrawable((leave) => {
      this.#checkReadable();
      const way = this.#way;
      if (way !== null) return way.inbound.watch({ timeout: timeoutOf(options), leave });
      return this.awaitLetter({ timeout: options.timeout, signal: leave.signal });
    }, { options, call: "Connection.poll()" });
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

  /**
   * Puts a message on its way; `null`: nobody has to wait for more.
   *
   * @throws {TransferError} if it cannot cross.
   */
  protected abstract sendLetter(encoded: EncodedMessage): Promise<unknown> | null;
  /** The next message, if it is here already. */
  protected abstract takeLetter(): EncodedMessage | null;
  /** @internal The next message, if none is here; `null` when the timeout passes; `EOFError` at the end. */
  protected abstract nextLetter(
    leave: Leave,
    timeout: number | null,
  ): Promise<EncodedMessage | null>;
  /** Takes back the message that was received last but is not used; it comes first again. */
  protected abstract returnLetter(encoded: EncodedMessage): void;
  /** Waits until there is a message or the end; `false` when the timeout passes. */
  protected abstract awaitLetter(options: WaitOptions): Promise<boolean>;
  /** Closes what is behind this end. */
  protected abstract closeEnd(): void;
  /** What crosses in its place. */
  protected abstract leave(reach: "thread" | "process"): Handle;
  /** Undoes {@link Connection.leave}. */
  protected abstract comeBack(handle: Handle): void;

  #blocking(call: string): RingPipe {
    const way = this.#way;
    if (way !== null && !this.#isBridged()) return way;
    throw new Deno.errors.NotSupported(
      `Cannot call Connection.${call}(): a process of the two ends sees no memory that both share; grant --allow-ffi to both, on Linux, or use the method without Sync`,
    );
  }

  /** Sends an item, or the letter if it is none or there is no way through memory. */
  #sending(call: string, item: () => Item | null, letter: () => EncodedMessage): Promise<void> {
    return withdrawable<void>((leave) => {
      this.#checkWritable();
      const way = this.#way;
      if (way === null) return this.#sendLetter(letter, leave);
      const direct = item();
      // What travels goes by itself; its place among the others is held.
      const put = way.outbound.put(direct ?? postedItem(0), { timeout: null, leave });
      const next = (): void | Promise<void> =>
        direct === null ? this.#sendLetter(letter, leave) : void this.#sent++;
      return put === undefined ? next() : put.then(next);
    }, { call, source: SENT });
  }

  /** A cancel comes too late for it: the message is on its way, so that is told as done. */
  #sendLetter(write: () => EncodedMessage, leave: Leave): void | Promise<void> {
    const encoded = write();
    try {
      const sent = this.sendLetter(encoded);
      if (sent !== null) return unlessLeft(sent, leave, () => void this.#sent++);
    } catch (error) {
      if (error instanceof TransferError) takeBack(encoded.value);
      throw error;
    }
    this.#sent++;
  }

  /** Receives, and gives the caller what `read` makes of the message. */
  #receiving<T>(
    call: string,
    options: WaitOptions,
    read: (encoded: EncodedMessage) => unknown,
    check?: () => void,
  ): Promise<T> {
    let item: Item | null = null;
    let encoded: EncodedMessage | null = null;
    const take = (taken: Item): T | Promise<T> => {
      item = taken;
      if (taken.form === Form.posted) return letter({ signal: NEVER }, null);
      this.#received++;
      return readItem(taken, read) as T | Promise<T>;
    };
    const opened = (come: EncodedMessage | null): T => {
      if (come === null) throw new TimeoutError(`No message came within ${options.timeout} ms`);
      encoded = come;
      this.#received++;
      return read(come) as T;
    };
    const letter = (leave: Leave, timeout: number | null): T | Promise<T> => {
      const there = this.takeLetter();
      return there === null ? this.nextLetter(leave, timeout).then(opened) : opened(there);
    };
    return withdrawable<T>((leave) => {
      check?.();
      this.#checkReadable();
      const way = this.#way;
      if (way === null) return letter(leave, timeoutOf(options));
      const taken = way.inbound.get({ timeout: timeoutOf(options), leave });
      return taken instanceof Promise ? taken.then(take) : take(taken);
    }, {
      options,
      call,
      source: {
        returned: (value) => {
          this.#received--;
          // What was in it has arrived, so it is written anew.
          if (encoded !== null) this.returnLetter(encoded.marked ? seal(value) : encoded);
          if (item === null || this.#closed || this.#way === null) return;
          if (this.#way.putBack(again(item, value))) return;
          this.returnLetter(item.form === Form.raw ? sealBytes(item.bytes!) : seal(value));
        },
      },
    });
  }

  static {
    setWay = (connection, way, isBridged) => {
      connection.#way = way;
      connection.#isBridged = isBridged;
    };
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

/** What a send waits for: it is done, and nothing to be given back. */
const SENT: Source<void> = { stands: true };

function contentOf(encoded: EncodedMessage): unknown {
  return encoded.marked ? open(encoded) : encoded.value;
}

function bytesOf({ isBytes, value }: EncodedMessage): Uint8Array {
  if (isBytes) return value as Uint8Array;
  throw new TypeError("Cannot take this message as bytes: it was sent with send(); use recv()");
}

function checkBytes(value: unknown, name: string): void {
  if (value instanceof Uint8Array) return;
  throw new TypeError(`Cannot use ${name} ${show(value)}: give a Uint8Array`);
}
