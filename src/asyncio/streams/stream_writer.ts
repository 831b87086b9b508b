import { show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { futureOf } from "../task/promise_future.ts";
import { perform } from "../wait/bounded.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";

/** Where a writer's bytes go. */
export interface ByteSink {
  /** Writes bytes and returns how many were taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more will be written, if the sink can while it goes on reading. */
  readonly closeWrite?: () => Promise<void>;
  /** Encrypts what follows, if the sink can. */
  readonly startTls?: (options: StartTlsOptions) => Promise<void>;
  /** Closes it, both ways. */
  close(): void | Promise<void>;
  /** What is known of it: `peername`, `sockname`, `socket`. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** How a connection is encrypted: what `Deno.startTls` takes. `hostname` is by default what was connected to. */
export type StartTlsOptions = Deno.StartTlsOptions;

/** Above this many bytes in line `drain()` waits. */
const HIGH_WATER = 65_536;

/** It waits until there are no more than this many. */
const LOW_WATER = 16_384;

/** What {@linkcode StreamWriter.statistics} tells. */
export interface StreamWriterStatistics {
  /** Bytes that were written here and are not sent yet. */
  readonly buffered: number;
  /** Bytes that were sent. */
  readonly sent: number;
}

/**
 * The sending end of a stream of bytes.
 *
 * - `write()` never waits: it puts bytes in line, in order. `await writer.drain()` after it waits while too many
 *   are in line, so that a fast writer does not fill the memory for a slow reader.
 * - `close()` sends what is in line, then closes; `await writer.waitClosed()` waits for that.
 * - When the other side is gone, `drain()` and `waitClosed()` throw the platform's error (`Deno.errors.BrokenPipe`,
 *   `ConnectionReset`); what is in line then is dropped.
 *
 * Source: Python's `asyncio.StreamWriter`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openConnection, run, startServer } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   await using server = await startServer(async (reader, writer) => {
 *     writer.write(await reader.readLine());
 *     await writer.drain();
 *   }, "127.0.0.1", 0);
 *
 *   const [reader, writer] = await openConnection("127.0.0.1", server.port);
 *   writer.write("hello\n");
 *   await writer.drain();
 *   assertEquals(new TextDecoder().decode(await reader.readLine()), "hello\n");
 *   writer.close();
 *   await writer.waitClosed();
 * });
 * ```
 */
export class StreamWriter implements AsyncDisposable {
  readonly #sink: ByteSink;
  readonly #line = new Deque<Uint8Array>();
  #buffered = 0;
  #sent = 0;
  #sending = false;
  #ending = false;
  #closing = false;
  #aborted = false;
  #closed = false;
  #failure: { readonly error: unknown } | null = null;
  readonly #waiters = new Set<{ future: LoopFuture<void>; due: () => boolean }>();

  /**
   * A writer to `sink`.
   *
   * @param sink where the bytes go.
   */
  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /**
   * Puts bytes, or text as UTF-8, in line to be sent.
   *
   * After a failure the bytes are dropped, and `drain()` tells.
   *
   * @throws {InvalidStateError} after `close()` or `writeEof()`.
   * @throws {TypeError} if it is neither bytes nor text.
   */
  write(data: Uint8Array | string): void {
    if (this.#ending) throw new InvalidStateError("Cannot write: the stream is closing");
    if (typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw new TypeError(`Cannot write ${show(data)}: give a Uint8Array or text`);
    }
    if (this.#failure !== null) return;
    // Bytes are copied: the caller may use their memory again at once.
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data.slice();
    if (bytes.length === 0) return;
    this.#line.push(bytes);
    this.#buffered += bytes.length;
    this.#send();
  }

  /** Puts several in line, one after the other. */
  writeLines(lines: Iterable<Uint8Array | string>): void {
    for (const line of lines) this.write(line);
  }

  /**
   * Waits until there is room in line; at once when there is.
   *
   * @throws {TimeoutError} when `options.timeout` is over.
   * @throws the platform's error when the connection is lost.
   */
  drain(options?: WaitOptions): LoopFuture<void> {
    return perform(() => this.#drain(), options);
  }

  /** Whether the other way stays open after `writeEof()`. */
  canWriteEof(): boolean {
    return this.#sink.closeWrite !== undefined;
  }

  /**
   * Sends what is in line, and then the end. Reading goes on.
   *
   * @throws {InvalidStateError} if the stream cannot be closed one way only.
   */
  writeEof(): void {
    if (!this.canWriteEof()) {
      throw new InvalidStateError("Cannot write the end: this stream closes both ways only");
    }
    if (this.#ending) return;
    this.#ending = true;
    this.#send();
  }

  /** Sends what is in line, then closes; returns at once. A second time nothing happens. */
  close(): void {
    if (this.#closing) return;
    this.#ending = this.#closing = true;
    this.#send();
  }

  /** Closes at once; what is in line is dropped. */
  abort(): void {
    if (this.#closed || this.#aborted) return;
    this.#ending = this.#closing = this.#aborted = true;
    this.#drop();
    if (!this.#sending) return this.#send();
    // A write that waits for a slow reader ends only because the sink is closed under it.
    this.#closeSink().then(() => this.#wake());
  }

  /**
   * Encrypts what follows, both ways, after what is in line was sent: what protocols call STARTTLS.
   *
   * - Read the other side's consent first; no read may wait meanwhile. What is written meanwhile is sent encrypted.
   * - When it fails the connection is lost. When the wait for it is given up it goes on: `abort()` ends it here, but the platform
   *   lets go of the socket only when the other side does.
   *
   * Not like Python: only for the side that connected; the platform cannot do it for the side that accepted. A server speaks TLS
   * from the start, with `startServer(…, { tls })`.
   *
   * Source: Python's `asyncio.StreamWriter.start_tls`.
   *
   * @throws {InvalidStateError} if it is no TCP connection, was accepted by a server, is encrypted already or closing, or if
   * bytes that came before are not read: somebody in between could have put them there.
   * @throws {TimeoutError} when `wait.timeout` is over.
   * @throws the platform's error when the other side cannot be trusted.
   */
  startTls(options: StartTlsOptions = {}, wait?: WaitOptions): LoopFuture<void> {
    return perform(() => this.#startTls(options), wait);
  }

  /** Whether it is closed, or going to be. */
  isClosing(): boolean {
    return this.#closing || this.#failure !== null;
  }

  /**
   * Waits until it is closed.
   *
   * @throws the platform's error when the connection was lost before everything was sent.
   */
  waitClosed(options?: WaitOptions): LoopFuture<void> {
    return perform(() => this.#waitClosed(), options);
  }

  /** What is known of the connection: `"peername"`, `"sockname"`, `"socket"`; `fallback` if nothing. */
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    return this.#sink.info?.[name] ?? fallback;
  }

  /** Counts, as a frozen record. */
  statistics(): StreamWriterStatistics {
    return Object.freeze({ buffered: this.#buffered, sent: this.#sent });
  }

  /** Closes, and waits for it; a connection that is lost meanwhile is closed too. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#until(() => this.#closed);
  }

  *#drain(): Generator<unknown, void, unknown> {
    this.#check();
    // Gives way once, as Python does, so that a loop that only writes sees the connection close.
    if (this.#closing) yield;
    if (this.#buffered > HIGH_WATER) yield* this.#until(() => this.#buffered <= LOW_WATER);
    this.#check();
  }

  *#waitClosed(): Generator<unknown, void, unknown> {
    yield* this.#until(() => this.#closed);
    this.#check();
  }

  *#startTls(options: StartTlsOptions): Generator<unknown, void, unknown> {
    if (this.#sink.startTls === undefined) {
      throw new InvalidStateError(
        "Cannot start TLS: this stream is no TCP connection that openConnection() made without TLS",
      );
    }
    yield* this.#until(() => !this.#sending || this.#ending);
    this.#check();
    if (this.#ending) throw new InvalidStateError("Cannot start TLS: the stream is closing");
    this.#sending = true; // what is written meanwhile stays in line
    yield* futureOf(this.#encrypt(this.#sink.startTls(options)), runningOrDefaultLoop());
  }

  /** Goes on sending when the connection is encrypted, or loses it. */
  async #encrypt(encrypted: Promise<void>): Promise<void> {
    try {
      await encrypted;
      this.#sending = false;
    } catch (error) {
      if (error instanceof InvalidStateError) this.#sending = false; // nothing has been done
      else await this.#lose(error);
      throw error;
    } finally {
      this.#send();
      this.#wake();
    }
  }

  #until(due: () => boolean): LoopFuture<void> {
    const future = new LoopFuture<void>();
    const waiter = { future, due };
    if (due()) future.setResult();
    else this.#waiters.add(waiter);
    future.addDoneCallback(() => this.#waiters.delete(waiter));
    return future;
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #wake(): void {
    for (const { future, due } of this.#waiters) {
      if (!future.done() && (due() || this.#failure !== null)) future.setResult();
    }
  }

  #drop(): void {
    this.#line.clear();
    this.#buffered = 0;
  }

  /** Sends what is in line, one after the other, then does what is to come after the last. */
  #send(): void {
    if (this.#sending || this.#closed) return;
    this.#sending = true;
    this.#sendAll().catch((error) => this.#lose(error)).then(() => this.#wake());
  }

  async #sendAll(): Promise<void> {
    let ended = false;
    while (this.#line.size > 0 || this.#closing || (this.#ending && !ended)) {
      const bytes = this.#line.peek();
      if (bytes !== undefined) {
        await this.#sendOne(bytes);
      } else if (this.#closing) {
        return await this.#closeSink();
      } else {
        ended = true;
        await this.#sink.closeWrite!();
      }
    }
    // In the same step as the look at the line: what is written after it begins to send anew.
    this.#sending = false;
  }

  async #sendOne(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#aborted;) {
      const count = await this.#sink.write(bytes.subarray(at));
      at += count;
      this.#sent += count;
      this.#buffered = Math.max(0, this.#buffered - count);
      this.#wake();
    }
    if (this.#line.peek() === bytes) this.#line.shift();
  }

  /** The connection is lost: nothing more can be sent, and it is closed. */
  async #lose(error: unknown): Promise<void> {
    // After an abort the failure of the write that was under way is what was asked for.
    if (!this.#aborted) this.#failure ??= { error };
    this.#drop();
    await this.#closeSink();
  }

  async #closeSink(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#sink.close();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#sending = false;
  }
}
