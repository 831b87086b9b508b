import { checkCount, checkDuration, checkOptions, show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { AuthenticationError, InvalidStateError, TimeoutError } from "../../core/errors.ts";
import { type Leave, withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import {
  authenticateClient,
  type AuthKey,
  keyBytes,
  PATIENCE,
} from "../../wire/frames/authentication.ts";
import { type Duplex, hangUp } from "../../wire/frames/frame.ts";
import { MAX_STRANGERS, Strangers } from "../../wire/frames/strangers.ts";
import { type ListenerAddress, socketAddress } from "../objects/address.ts";
import { listenPrivately, type PrivateFolder } from "../process/private_folder.ts";
import type { Connection } from "./connection.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { DEFAULT_LIMIT, SocketConnection } from "./socket_connection.ts";
import { CallerList } from "../sync/caller_waiter.ts";

/** How a listener is made. */
export interface ListenerOptions {
  /**
   * A path for a Unix socket, or `{ hostname, port }` for TCP, where port 0 is any free one. By default a Unix socket in
   * a folder that only this user can enter; on Windows, and where there can be no such folder, loopback TCP.
   */
  readonly address?: ListenerAddress;
  /** The secret that clients must know too. */
  readonly authkey: AuthKey;
  /** The longest message that is taken, in bytes; 256 MiB by default. */
  readonly maxMessageLength?: number;
  /** How long a client may take to prove that it knows the key, in milliseconds; 5000 by default. */
  readonly patience?: number;
  /**
   * How many may be about to prove themselves at once; 64 by default. When more come, the one that has been silent for
   * longest has to go.
   */
  readonly maxPending?: number;
}

/** How a listener stands. */
export interface ListenerStatistics {
  /** How many were let in. */
  readonly accepted: number;
  /** How many did not know the key. */
  readonly refused: number;
  /** How many left, said too little in time, or had to go because others came. */
  readonly dropped: number;
  /** How many are proving themselves. */
  readonly pending: number;
  /** Whether it takes no more clients: it was closed, or could not go on. */
  readonly closed: boolean;
}

/**
 * Lets other processes connect that know a key.
 *
 * - Both sides prove that they know the key, without saying it, before anything else that was sent is read.
 * - A client with a wrong key, or one that says something else, makes one `accept()` reject with an
 *   `AuthenticationError`; go on accepting. One that leaves or is silent is only counted: it holds up nobody.
 * - Whoever connects costs a hundred bytes and some seconds until it has proved itself. However many are silent, one
 *   that knows the key gets in.
 * - When the system is short of descriptors or memory it goes on once there are some. Any other error ends it: every
 *   `accept()` rejects then, with that error as the cause.
 * - A Unix socket's file is removed when it is closed.
 *
 * Source: `multiprocessing.connection.Listener`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Client, Listener } from "@quartet/concurrency/multiprocessing";
 *
 * await using listener = new Listener({ authkey: "a secret" });
 * const accepted = listener.accept();
 * using client = await Client(listener.address, { authkey: "a secret" });
 * using server = await accepted;
 * await client.send({ hello: new Date(0) });
 * assertEquals(await server.recv(), { hello: new Date(0) });
 * ```
 */
export class Listener implements AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly address: ListenerAddress;
  readonly #listener: Deno.TcpListener | Deno.UnixListener;
  readonly #key: Uint8Array<ArrayBuffer>;
  readonly #limit: number;
  readonly #patience: number;
  readonly #maxPending: number;
  readonly #folder: PrivateFolder | null;
  readonly #come = new Deque<SocketConnection | AuthenticationError>();
  readonly #acceptors = new CallerList<SocketConnection | AuthenticationError>();
  readonly #strangers: Strangers<Deno.Conn>;
  readonly #checking = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #lastAccepted: Deno.Addr | null = null;
  #accepted = 0;
  #refused = 0;
  #dropped = 0;
  #closed = false;
  /** Why it could not go on. */
  #failure: unknown;

  /**
   * Begins to listen.
   *
   * @throws {TypeError} if the address or key is none.
   * @throws {RangeError} if a bound is none.
   * @throws {Deno.errors.AddrInUse} if somebody listens there.
   */
  constructor(options: ListenerOptions) {
    checkOptions(options, "new Listener()", 'authkey: "…"');
    this.#key = keyBytes(options.authkey);
    this.#limit = options.maxMessageLength ?? DEFAULT_LIMIT;
    this.#patience = options.patience ?? PATIENCE;
    this.#maxPending = options.maxPending ?? MAX_STRANGERS;
    checkCount(this.#limit, "maxMessageLength");
    checkCount(this.#maxPending, "maxPending");
    checkDuration(this.#patience, "patience");
    this.#strangers = new Strangers(this.#maxPending);
    if (!(this.#maxPending >= 1)) {
      throw new RangeError(
        `Cannot use maxPending ${show(this.#maxPending)}: give a number of 1 or more`,
      );
    }
    const isNamed = options.address !== undefined;
    const own = isNamed ? null : listenPrivately();
    this.#folder = own?.folder ?? null;
    if (own !== null) {
      this.#listener = own.listener;
    } else {
      const address = socketAddress(options.address ?? { hostname: "127.0.0.1", port: 0 });
      this.#listener = address.transport === "unix" ? Deno.listen(address) : Deno.listen(address);
    }
    this.address = addressOf(this.#listener.addr as Deno.NetAddr | Deno.UnixAddr);
    this.#running = this.#run();
  }

  /** The address of the client that was let in last; `null` before. */
  get lastAccepted(): Deno.Addr | null {
    return this.#lastAccepted;
  }

  /**
   * Waits for the next client.
   *
   * @throws {AuthenticationError} if one did not know the key.
   * @throws {TimeoutError} when the timeout passes first.
   * @throws {InvalidStateError} if it is closed, or gets closed meanwhile; its cause is the error that ended it, if any.
   */
  accept<Out = unknown, In = Out>(options: WaitOptions = {}): Promise<Connection<Out, In>> {
    const source: Source<SocketConnection> = {
      returned: (connection) => this.#takeBack(connection),
    };
    return withdrawable<SocketConnection>(
      (leave) => this.#next(timeoutOf(options), leave),
      { options, call: "Listener.accept()", source },
    ) as Promise<unknown> as Promise<Connection<Out, In>>;
  }

  /** Takes no more clients; connections that were accepted stay. Twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#strangers.close();
    for (const news of this.#come) if (news instanceof SocketConnection) news.close();
    this.#come.clear();
    this.#acceptors.failAll(() => this.#closedError());
    if (this.#folder !== null) this.#folder.close();
    else if (typeof this.address === "string") removeQuietly(this.address);
  }

  /** Returns a snapshot of its counters. */
  statistics(): ListenerStatistics {
    return Object.freeze({
      accepted: this.#accepted,
      refused: this.#refused,
      dropped: this.#dropped,
      pending: this.#strangers.size,
      closed: this.#closed,
    });
  }

  /** Closes it and waits until nobody is about to come in. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#running;
    await Promise.all(this.#checking);
  }

  async #run(): Promise<void> {
    try {
      await this.#strangers.acceptFrom(this.#listener, (conn, duplex) => {
        const checked = this.#check(conn, duplex).finally(() => this.#checking.delete(checked));
        this.#checking.add(checked);
      });
    } catch (error) {
      this.#failure = error;
      this.close();
    }
  }

  async #check(conn: Deno.Conn, duplex: Duplex): Promise<void> {
    try {
      await authenticateClient(duplex, this.#key, this.#patience);
    } catch (error) {
      if (!(error instanceof AuthenticationError)) {
        this.#dropped++;
        return;
      }
      this.#refused++;
      this.#deliver(error);
      return;
    } finally {
      this.#strangers.leave(conn);
    }
    if (this.#closed) return hangUp(conn);
    this.#accepted++;
    this.#lastAccepted = conn.remoteAddr;
    this.#deliver(new SocketConnection(conn, this.#limit));
  }

  async #next(timeout: number | null, { signal }: Leave): Promise<SocketConnection> {
    let news: SocketConnection | AuthenticationError | null | undefined = this.#come.shift();
    if (news === undefined) {
      if (this.#closed) throw this.#closedError();
      news = await this.#acceptors.wait({ path: "", owner: "", signal }, timeout);
    }
    if (news === null) throw new TimeoutError(`Nobody connected within ${timeout} ms`);
    if (news instanceof AuthenticationError) throw news;
    return news;
  }

  /** A client that was let in and whom nobody accepts after all: the next one gets it. */
  #takeBack(connection: SocketConnection): void {
    if (this.#closed) connection.close();
    else if (!this.#acceptors.give(connection)) this.#come.unshift(connection);
  }

  #closedError(): InvalidStateError {
    return this.#failure === undefined
      ? new InvalidStateError("Cannot accept: the listener is closed")
      : new InvalidStateError("Cannot accept: the listener could not go on; make a new one", {
        cause: this.#failure,
      });
  }

  /** Gives it to who accepts. Refusals that nobody hears of are not kept: they are counted. */
  #deliver(news: SocketConnection | AuthenticationError): void {
    if (this.#acceptors.give(news)) return;
    if (news instanceof SocketConnection || this.#come.size < this.#maxPending) {
      this.#come.push(news);
    }
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** An address as users give it. */
function addressOf(addr: Deno.NetAddr | Deno.UnixAddr): ListenerAddress {
  if ("path" in addr) return addr.path;
  const { hostname, port } = addr;
  return Object.freeze({ hostname, port });
}
