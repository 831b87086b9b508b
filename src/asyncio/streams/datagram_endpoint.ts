import type { RemoteInfo, Socket } from "node:dgram";
import { checkOptions, show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { futureOf } from "../task/promise_future.ts";
import { perform } from "../wait/bounded.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { type Address, checkAddress } from "./open_connection.ts";
import type { Bytes } from "./stream_reader.ts";

/** An address of UDP. */
export interface DatagramAddress {
  /** A name or an address. */
  readonly hostname: string;
  /** Its number. */
  readonly port: number;
}

/** What came: some bytes, and from where. */
export interface Datagram {
  /** The bytes. */
  readonly data: Bytes;
  /** Who sent them. */
  readonly address: DatagramAddress;
}

/** How an endpoint is made. */
export interface DatagramEndpointOptions extends WaitOptions {
  /** Where it receives; by default at all addresses, on a port that the system chooses. */
  readonly localAddr?: Partial<DatagramAddress>;
  /** The only other side: where everything is sent, and from where alone something is received. */
  readonly remoteAddr?: Address;
  /** Whether it may send to all in a network; default `false`. */
  readonly broadcast?: boolean;
  /** How many datagrams are kept that nobody has received yet; more are dropped. Default 1024. */
  readonly limit?: number;
}

/** What {@linkcode DatagramEndpoint.statistics} tells. */
export interface DatagramEndpointStatistics {
  /** Datagrams that have come. */
  readonly received: number;
  /** Datagrams that came when too many were kept, and are lost. */
  readonly dropped: number;
  /** Datagrams that were sent. */
  readonly sent: number;
  /** Datagrams that are kept for who receives. */
  readonly buffered: number;
}

const DEFAULT_LIMIT = 1024;

/**
 * A place that sends and receives datagrams; made by {@linkcode createDatagramEndpoint}.
 *
 * - A wait that is cancelled or times out loses nothing: what comes after it is there for the next one.
 * - UDP promises nothing: datagrams get lost, come twice, or in another order.
 * - `for await (const { data, address } of endpoint)` receives until it is closed.
 *
 * Not like Python: there are no protocols; the endpoint is Python's transport and protocol in one, and has promises where
 * those have callbacks.
 *
 * Source: Python's `asyncio.DatagramTransport` and `DatagramProtocol`.
 */
export class DatagramEndpoint implements AsyncDisposable, AsyncIterable<Datagram> {
  /** Where it receives. */
  readonly localAddr: DatagramAddress;
  readonly #socket: Socket;
  /** The only other side; the platform sends there, but lets others in too. */
  readonly #remote: { readonly address: string; readonly port: number } | null;
  readonly #limit: number;
  readonly #line = new Deque<Datagram>();
  readonly #waiters = new Set<LoopFuture<void>>();
  readonly #gone = Promise.withResolvers<void>();
  #failure: { readonly error: unknown } | null = null;
  #closed = false;
  #received = 0;
  #dropped = 0;
  #sent = 0;

  /** For {@linkcode createDatagramEndpoint}: over a socket that is bound. */
  constructor(socket: Socket, isConnected: boolean, limit: number) {
    const { address, port } = socket.address();
    this.localAddr = Object.freeze({ hostname: address, port });
    this.#socket = socket;
    this.#remote = isConnected ? socket.remoteAddress() : null;
    this.#limit = limit;
    socket.on("message", (bytes: Uint8Array, from: RemoteInfo) => this.#take(bytes, from));
    socket.on("error", (error: Error) => {
      this.#failure = { error };
      this.#wakeOne();
    });
    socket.on("close", () => this.#gone.resolve());
  }

  /**
   * Sends one datagram.
   *
   * @param data bytes, or text as UTF-8.
   * @param address where to; not for an endpoint with a `remoteAddr`.
   * @returns ends when the system has taken it.
   * @throws {TypeError} if it is neither bytes nor text, or there is no address, or one too many.
   * @throws {InvalidStateError} if it is closed.
   * @throws the platform's error, as for more bytes than a datagram can have.
   */
  sendTo(
    data: Uint8Array | string,
    address?: DatagramAddress,
    options?: WaitOptions,
  ): LoopFuture<void> {
    return perform(() => this.#sendTo(data, address), options);
  }

  /**
   * Receives the next datagram.
   *
   * @throws {InvalidStateError} if it is closed, or gets closed meanwhile.
   * @throws {TimeoutError} when `options.timeout` is over.
   * @throws the platform's error, once.
   */
  receive(options?: WaitOptions): LoopFuture<Datagram> {
    return perform(() => this.#receive(), options);
  }

  /** Closes it; what was not received is dropped. A second time nothing happens. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#line.clear();
    this.#socket.close();
    for (const waiter of this.#waiters) if (!waiter.done()) waiter.setResult();
  }

  /** Whether it is closed. */
  isClosing(): boolean {
    return this.#closed;
  }

  /** Waits until it is closed and its port is free. */
  waitClosed(options?: WaitOptions): LoopFuture<void> {
    return perform(
      () => futureOf(this.#gone.promise, runningOrDefaultLoop())[Symbol.iterator](),
      options,
    );
  }

  /** Counts, as a frozen record. */
  statistics(): DatagramEndpointStatistics {
    return Object.freeze({
      received: this.#received,
      dropped: this.#dropped,
      sent: this.#sent,
      buffered: this.#line.size,
    });
  }

  /** What comes, until it is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Datagram, void, undefined> {
    while (!this.#closed) {
      try {
        yield await this.receive();
      } catch (error) {
        if (this.#closed && error instanceof InvalidStateError) return;
        throw error;
      }
    }
  }

  /** Closes, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#gone.promise;
  }

  *#sendTo(
    data: Uint8Array | string,
    address: DatagramAddress | undefined,
  ): Generator<unknown, void, unknown> {
    if (typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw new TypeError(`Cannot send ${show(data)}: give a Uint8Array or text`);
    }
    if ((this.#remote !== null) !== (address === undefined)) {
      throw new TypeError(
        this.#remote !== null
          ? "Cannot send to an address: the endpoint has a remoteAddr; leave the address out"
          : "Cannot send to nobody: give an address, or make the endpoint with a remoteAddr",
      );
    }
    if (address !== undefined) checkAddress(address?.hostname, address?.port);
    this.#checkOpen("send");
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data.slice();
    yield* futureOf(this.#hand(bytes, address), runningOrDefaultLoop());
  }

  #hand(bytes: Uint8Array, address: DatagramAddress | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => {
        if (error !== null && error !== undefined) return reject(error);
        this.#sent++;
        resolve();
      };
      if (address === undefined) this.#socket.send(bytes, done);
      else this.#socket.send(bytes, address.port, address.hostname, done);
    });
  }

  *#receive(): Generator<unknown, Datagram, unknown> {
    while (this.#line.size === 0) {
      this.#checkOpen("receive");
      if (this.#failure !== null) {
        const { error } = this.#failure;
        this.#failure = null;
        throw error;
      }
      const waiter = new LoopFuture<void>();
      this.#waiters.add(waiter);
      try {
        yield* waiter;
      } finally {
        this.#waiters.delete(waiter);
        // One that was woken and cancelled passes it on.
        if (waiter.cancelled() || this.#line.size > 1) this.#wakeOne();
      }
    }
    const next = this.#line.shift()!;
    if (this.#line.size > 0) this.#wakeOne();
    return next;
  }

  #take(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    const remote = this.#remote;
    if (remote !== null && (remote.address !== address || remote.port !== port)) return;
    this.#received++;
    if (this.#closed || this.#line.size >= this.#limit) {
      this.#dropped++;
      return;
    }
    this.#line.push({ data: new Uint8Array(bytes), address: { hostname: address, port } });
    this.#wakeOne();
  }

  #wakeOne(): void {
    for (const waiter of this.#waiters) {
      if (waiter.done()) continue;
      waiter.setResult();
      return;
    }
  }

  #checkOpen(what: string): void {
    if (this.#closed) throw new InvalidStateError(`Cannot ${what}: the endpoint is closed`);
  }
}

/**
 * Makes a place that sends and receives datagrams by UDP.
 *
 * Source: Python's `asyncio.loop.create_datagram_endpoint`.
 *
 * @throws {TypeError | RangeError} if an address or a limit is none.
 * @throws {Deno.errors.NotCapable} without `--allow-net` for the addresses.
 * @throws the platform's error if somebody receives there already.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createDatagramEndpoint, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   await using server = await createDatagramEndpoint({ localAddr: { hostname: "127.0.0.1" } });
 *   const remoteAddr = server.localAddr;
 *   await using client = await createDatagramEndpoint({ remoteAddr });
 *   await client.sendTo("ping");
 *   const { data, address } = await server.receive();
 *   await server.sendTo(data, address);
 *   assertEquals(new TextDecoder().decode((await client.receive()).data), "ping");
 * });
 * ```
 */
export function createDatagramEndpoint(
  options: DatagramEndpointOptions = {},
): LoopFuture<DatagramEndpoint> {
  checkOptions(options, "createDatagramEndpoint()", "localAddr: { port: 0 }");
  const { localAddr, remoteAddr, limit = DEFAULT_LIMIT, timeout, signal } = options;
  const local = { port: 0, ...localAddr };
  const remote = remoteAddr === undefined ? null : { hostname: "127.0.0.1", ...remoteAddr };
  checkAddress(local.hostname ?? "", local.port);
  if (remote !== null) checkAddress(remote.hostname, remote.port);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot use limit ${limit}: give a whole number of datagrams, 1 or more`);
  }
  return perform(() => making(open(local, remote, options, limit)), { timeout, signal });
}

function* making(
  promise: Promise<DatagramEndpoint>,
): Generator<unknown, DatagramEndpoint, unknown> {
  let taken = false;
  try {
    const endpoint = yield* futureOf(promise, runningOrDefaultLoop());
    taken = true;
    return endpoint;
  } finally {
    // A failure has been thrown above; what comes after a cancel is nobody's, and closed.
    if (!taken) promise.then((late) => late.close(), () => undefined);
  }
}

/** The platform's own datagrams are unstable, so these are Node's; they are loaded when first asked for. */
async function open(
  local: { readonly hostname?: string; readonly port: number },
  remote: DatagramAddress | null,
  { broadcast = false }: DatagramEndpointOptions,
  limit: number,
): Promise<DatagramEndpoint> {
  const { createSocket } = await import("node:dgram");
  const isSix = (local.hostname ?? remote?.hostname ?? "").includes(":");
  const socket = createSocket(isSix ? "udp6" : "udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      const connect = (): void => {
        if (remote === null) return resolve();
        // It tells a failure as an error and not here.
        socket.connect(remote.port, remote.hostname, () => resolve());
      };
      socket.bind(local.port, local.hostname, connect);
    });
    socket.removeAllListeners("error");
    if (broadcast) socket.setBroadcast(true);
    return new DatagramEndpoint(socket, remote !== null, limit);
  } catch (error) {
    socket.close();
    throw error;
  }
}
