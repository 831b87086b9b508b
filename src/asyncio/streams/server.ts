import type { WaitOptions } from "../../core/deadline.ts";
import { CancelledError, InvalidStateError } from "../../core/errors.ts";
import { futureOf } from "../task/promise_future.ts";
import { perform } from "../wait/bounded.ts";
import { streamsOf } from "./connection_streams.ts";
import { isThenable } from "../../core/check.ts";
import { isGenerator } from "../task/coroutine_like.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import type { StreamReader } from "./stream_reader.ts";
import type { StreamWriter } from "./stream_writer.ts";

/** Told of each client; may be an async function, a generator function, or plain. */
export type ClientHandler = (reader: StreamReader, writer: StreamWriter) => unknown;

/** What {@linkcode Server.statistics} tells. */
export interface ServerStatistics {
  /** Clients whose connections are open. */
  readonly clients: number;
  /** Clients that have come so far. */
  readonly accepted: number;
  /** Whether new ones are taken. */
  readonly serving: boolean;
}

/** Milliseconds after which accepting is tried again when the system had no room for a connection. */
const RETRY_DELAY = 1000;

/** What a server listens with: a socket that is bound. */
export type Listener = Deno.Listener<Deno.Conn, Deno.Addr>;

/**
 * Takes connections and runs a task for each; made by {@linkcode startServer}.
 *
 * - It serves from the start. `close()` takes no more clients and leaves those there are alone; `waitClosed()`
 *   waits for the last of them. `await using` does both.
 * - A handler that fails is reported to the loop's exception handler; its connection is closed.
 *
 * Not like Python: when a handler that is an async or generator function has ended, its connection is closed, since
 * no garbage collector would do it. A plain function keeps it open until the writer is closed.
 *
 * Source: Python's `asyncio.Server`.
 */
export class Server implements AsyncDisposable {
  readonly #loop: Loop;
  readonly #listener: Listener;
  readonly #handler: ClientHandler;
  readonly #limit: number | undefined;
  readonly #clients = new Map<StreamWriter, TaskLike<unknown>>();
  readonly #closing: LoopFuture<void>;
  readonly #accepting: TaskLike<void>;
  /** The platform's wait for the next client: the port is taken until it has ended. */
  #coming: Promise<Deno.Conn> | null = null;
  #accepted = 0;
  #serving = true;
  #servesForever = false;

  /** For {@linkcode startServer}. */
  constructor(listener: Listener, handler: ClientHandler, limit: number | undefined) {
    this.#loop = runningOrDefaultLoop();
    this.#listener = listener;
    this.#handler = handler;
    this.#limit = limit;
    this.#closing = new LoopFuture(this.#loop);
    const name = `Server ${this.#where()}`;
    this.#accepting = this.#loop.createTask(this.#accept(), { name }) as TaskLike<void>;
    // When run() ends it cancels all tasks, this one perhaps before its first step.
    this.#accepting.addDoneCallback(() => this.close());
  }

  /** Where it listens. */
  get sockets(): readonly Deno.Addr[] {
    return this.#serving ? [this.#listener.addr] : [];
  }

  /** The port that it listens on: the one that the system chose when 0 was asked for. */
  get port(): number {
    const { addr } = this.#listener;
    if (!("port" in addr)) {
      throw new InvalidStateError("Cannot tell the port: it listens on a Unix socket");
    }
    return addr.port;
  }

  /** Whether it takes new clients. */
  isServing(): boolean {
    return this.#serving;
  }

  /** Takes no more clients; returns at once. A second time nothing happens. */
  close(): void {
    if (!this.#serving) return;
    this.#serving = false;
    this.#listener.close();
    if (!this.#closing.done()) this.#closing.setResult();
  }

  /** Closes the connections of all clients, after what is in line was sent. */
  closeClients(): void {
    for (const writer of this.#clients.keys()) writer.close();
  }

  /** Closes the connections of all clients at once. */
  abortClients(): void {
    for (const writer of this.#clients.keys()) writer.abort();
  }

  /**
   * Waits until it is closed, and all connections and handlers of its clients with it.
   *
   * Then the port, or the path, is free: another server can be started there at once.
   */
  waitClosed(options?: WaitOptions): LoopFuture<void> {
    return perform(() => this.#waitClosed(), options);
  }

  /**
   * Serves until the task that waits for this is cancelled, or the signal aborts; then it is closed, clients and all.
   *
   * @throws {InvalidStateError} if it is closed, or serves forever already.
   */
  serveForever(options?: WaitOptions): LoopFuture<never> {
    return perform(() => this.#serveForever(), options);
  }

  /** Counts, as a frozen record. */
  statistics(): ServerStatistics {
    return Object.freeze({
      clients: this.#clients.size,
      accepted: this.#accepted,
      serving: this.#serving,
    });
  }

  /** Closes, and waits until all clients are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClosed();
  }

  *#waitClosed(): Generator<unknown, void, unknown> {
    if (!this.#closing.done()) yield* this.#shielded(this.#closing);
    if (!this.#accepting.done()) yield* this.#shielded(this.#accepting);
    if (this.#coming !== null) yield* this.#shielded(futureOf(this.#coming, this.#loop));
    while (this.#clients.size > 0) {
      for (const [writer, task] of this.#clients) {
        if (!task.done()) yield* this.#shielded(task);
        yield* this.#shielded(writer.waitClosed());
      }
    }
  }

  /** Waits for the end of `future`, however it ends; whoever gives up waiting leaves it alone. */
  *#shielded(future: LoopFuture<unknown>): Generator<unknown, void, unknown> {
    const ended = new LoopFuture<void>(this.#loop);
    future.addDoneCallback(() => {
      if (!ended.done()) ended.setResult();
      if (!future.cancelled()) future.exception();
    });
    yield* ended;
  }

  *#serveForever(): Generator<unknown, never, unknown> {
    if (!this.#serving) throw new InvalidStateError("Cannot serve forever: the server is closed");
    if (this.#servesForever) {
      throw new InvalidStateError("Cannot serve forever: it is awaited for that already");
    }
    this.#servesForever = true;
    try {
      yield* this.#closing;
      while (true) yield* new LoopFuture<never>(this.#loop);
    } finally {
      this.#servesForever = false;
      this.close();
      this.closeClients();
      yield* this.#waitClosed();
    }
  }

  *#accept(): Generator<unknown, void, unknown> {
    while (this.#serving) {
      try {
        this.#take(yield* this.#next());
      } catch (exception) {
        if (!this.#serving) return;
        if (exception instanceof CancelledError) throw exception;
        if (!(exception instanceof Deno.errors.ConnectionAborted)) {
          const message = `Server ${this.#where()} cannot accept; it tries again in a second`;
          this.#loop.callExceptionHandler({ message, exception });
          yield* this.#pause();
        }
      }
    }
  }

  /** The next client; one that comes when nobody waits for it any more is turned away. */
  *#next(): Generator<unknown, Deno.Conn, unknown> {
    const coming = this.#coming = this.#listener.accept();
    let taken = false;
    try {
      const connection = yield* futureOf(coming, this.#loop);
      taken = true;
      return connection;
    } finally {
      if (!taken) coming.then((late) => late.close(), () => undefined);
    }
  }

  /** Waits a while, or until it is closed. */
  *#pause(): Generator<unknown, void, unknown> {
    const over = new LoopFuture<void>(this.#loop);
    const end = (): void => {
      if (!over.done()) over.setResult();
    };
    const timer = this.#loop.callLater(RETRY_DELAY, end);
    this.#closing.addDoneCallback(end);
    try {
      yield* over;
    } finally {
      timer.cancel();
      this.#closing.removeDoneCallback(end);
    }
  }

  #take(connection: Deno.Conn): void {
    const [reader, writer] = streamsOf(connection, this.#limit);
    let keeps = false;
    const task = this.#loop.createTask(() => {
      const answer = this.#handler(reader, writer);
      keeps = !isThenable(answer) && !isGenerator(answer);
      return answer;
    }, { name: `client ${++this.#accepted} of ${this.#where()}` });
    this.#clients.set(writer, task as TaskLike<unknown>);
    task.addDoneCallback(() => {
      const exception = task.cancelled() ? null : task.exception();
      if (exception !== null) {
        const message = "Unhandled exception in a server's client handler";
        this.#loop.callExceptionHandler({ message, exception, future: task });
      }
      if (!keeps || exception !== null) writer.close();
    });
    // A connection that is lost while it closes is gone as well as one that closes in peace.
    const forget = (): boolean => this.#clients.delete(writer);
    writer.waitClosed().then(forget, forget);
  }

  #where(): string {
    const { addr } = this.#listener;
    return "hostname" in addr ? `${addr.hostname}:${addr.port}` : `${(addr as Deno.UnixAddr).path}`;
  }
}
