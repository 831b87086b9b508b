import { checkOptions, checkText, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { futureOf } from "../task/promise_future.ts";
import { perform } from "../wait/bounded.ts";
import { type StreamPair, streamsOf } from "./connection_streams.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import type { LoopFuture } from "../task/loop_future.ts";

/** What is the same for all connections. */
export interface StreamOptions {
  /** How long a line, or what is read up to a separator, may be, in bytes; default 65536. */
  readonly limit?: number;
}

/** An address among options. */
export interface Address {
  /** A name or an address; to connect default `127.0.0.1`, to listen all. */
  readonly hostname?: string;
  /** Its number. */
  readonly port: number;
}

/** How to connect by TCP. */
export interface ConnectionOptions extends StreamOptions, WaitOptions {
  /** Speak TLS: `true`, or what `Deno.connectTls` takes beside the address. */
  readonly tls?: boolean | Omit<Deno.ConnectTlsOptions, "port" | "hostname">;
}

/**
 * Connects by TCP and returns a reader and a writer.
 *
 * - Cancelled, it lets go of the connection that may still come about.
 * - Close the writer when done: `writer.close()`, or `await using` on it.
 *
 * Source: Python's `asyncio.open_connection`.
 *
 * @param host a name or an address.
 * @param port its number.
 * @throws {Deno.errors.ConnectionRefused} if nobody listens there.
 * @throws {TimeoutError} when `options.timeout` is over.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openConnection, run, startServer } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   await using server = await startServer((_, writer) => {
 *     writer.write("welcome\n");
 *     writer.close();
 *   }, "127.0.0.1", 0);
 *
 *   const [reader, writer] = await openConnection("127.0.0.1", server.port);
 *   await using _closing = writer;
 *   assertEquals(new TextDecoder().decode(await reader.read()), "welcome\n");
 * });
 * ```
 */
export function openConnection(
  host: string,
  port: number,
  options?: ConnectionOptions,
): LoopFuture<StreamPair>;
/** The same with the address among the options, as Deno has it. */
export function openConnection(options: Address & ConnectionOptions): LoopFuture<StreamPair>;
/** Connects by TCP. */
export function openConnection(
  first: string | (Address & ConnectionOptions),
  second: number = 0,
  third: ConnectionOptions = {},
): LoopFuture<StreamPair> {
  if (typeof first === "object") checkOptions(first, "openConnection()", 'hostname: "…", port: 80');
  checkOptions(third, "openConnection()", "timeout: 1000");
  const { hostname: host, port, ...options } = typeof first === "object"
    ? { hostname: "127.0.0.1", ...first }
    : { hostname: first, port: second, ...third };
  checkAddress(host, port);
  return begin(
    () => {
      const { tls } = options;
      if (!tls) return Deno.connect({ hostname: host, port });
      return Deno.connectTls({ ...(tls === true ? {} : tls), hostname: host, port });
    },
    options,
    options.tls ? null : host,
  );
}

/**
 * Connects to a Unix socket and returns a reader and a writer.
 *
 * Source: Python's `asyncio.open_unix_connection`.
 *
 * @throws {Deno.errors.NotFound} if there is no such socket.
 */
export function openUnixConnection(
  path: string,
  options: StreamOptions & WaitOptions = {},
): LoopFuture<StreamPair> {
  checkText(path, "path");
  checkOptions(options, "openUnixConnection()", "timeout: 1000");
  return begin(() => Deno.connect({ transport: "unix", path }), options);
}

/** Refuses what is no host or port. */
export function checkAddress(host: string, port: number): void {
  if (typeof host !== "string") {
    throw new TypeError(`Cannot use host ${show(host)}: give a name or an address`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Cannot use port ${show(port)}: give a number from 0 to 65535`);
  }
}

function begin(
  connect: () => Promise<Deno.Conn>,
  { timeout, signal, limit }: StreamOptions & WaitOptions,
  plainHost: string | null = null,
): LoopFuture<StreamPair> {
  return perform(() => connecting(connect, limit, plainHost), { timeout, signal });
}

function* connecting(
  connect: () => Promise<Deno.Conn>,
  limit: number | undefined,
  plainHost: string | null,
): Generator<unknown, StreamPair, unknown> {
  const promise = connect();
  let taken = false;
  try {
    const connection = yield* futureOf(promise, runningOrDefaultLoop());
    taken = true;
    return streamsOf(connection, limit, plainHost);
  } finally {
    // A failure has been thrown above; what comes after a cancel is nobody's, and closed.
    if (!taken) promise.then((late) => late.close(), () => undefined);
  }
}
