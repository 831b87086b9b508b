import { checkOptions, checkText, show } from "../../core/check.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { type Address, checkAddress, type StreamOptions } from "./open_connection.ts";
import { type ClientHandler, type Listener, Server } from "./server.ts";

/** How a server is started. */
export interface ServerOptions extends StreamOptions {
  /** Speak TLS with this certificate chain and key, as `Deno.listenTls` takes them. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether several processes may listen on the same port; default `false`. */
  readonly reusePort?: boolean;
}

/**
 * Listens for TCP connections and runs `handler` for each, in a task of its own.
 *
 * Source: Python's `asyncio.start_server`.
 *
 * @param handler is given a reader and a writer; see {@linkcode Server} for what happens at its end.
 * @param host the address to listen on; `null`: all.
 * @param port its number; 0 has the system choose, see `server.port`.
 * @throws {Deno.errors.AddrInUse} if somebody listens there already.
 *
 * @example An echo server
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openConnection, run, startServer } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   await using server = await startServer(async (reader, writer) => {
 *     for await (const line of reader) {
 *       writer.write(line);
 *       await writer.drain();
 *     }
 *   }, "127.0.0.1", 0);
 *
 *   const [reader, writer] = await openConnection("127.0.0.1", server.port);
 *   writer.write("one\ntwo\n");
 *   writer.writeEof();
 *   assertEquals(new TextDecoder().decode(await reader.read()), "one\ntwo\n");
 *   writer.close();
 * });
 * ```
 */
export function startServer(
  handler: ClientHandler,
  host?: string | null,
  port?: number,
  options?: ServerOptions,
): LoopFuture<Server>;
/** The same with the address among the options, as Deno has it. */
export function startServer(
  handler: ClientHandler,
  options: Address & ServerOptions,
): LoopFuture<Server>;
/** Listens for TCP connections. */
export function startServer(
  handler: ClientHandler,
  second: string | null | (Address & ServerOptions) = null,
  third: number = 0,
  fourth: ServerOptions = {},
): LoopFuture<Server> {
  checkHandler(handler);
  if (typeof second !== "string" && second !== null) {
    checkOptions(second, "startServer()", 'hostname: "…", port: 80');
  }
  checkOptions(fourth, "startServer()", "tls: { cert, key }");
  const { hostname: host = null, port, ...options } = typeof second === "object" && second !== null
    ? second
    : { hostname: second ?? undefined, port: third, ...fourth };
  checkAddress(host ?? "", port);
  return start(
    () => {
      const { tls, reusePort } = options;
      const address = { hostname: host ?? "0.0.0.0", port, reusePort };
      return tls ? Deno.listenTls({ ...address, ...tls }) : Deno.listen(address);
    },
    handler,
    options,
  );
}

/**
 * Listens on a Unix socket and runs `handler` for each connection, in a task of its own.
 *
 * Source: Python's `asyncio.start_unix_server`.
 *
 * @throws {Deno.errors.AddrInUse} if there is something at `path` already.
 */
export function startUnixServer(
  handler: ClientHandler,
  path: string,
  options: StreamOptions = {},
): LoopFuture<Server> {
  checkHandler(handler);
  checkText(path, "path");
  checkOptions(options, "startUnixServer()", "limit: 65536");
  return start(() => Deno.listen({ transport: "unix", path }), handler, options);
}

function start(
  listen: () => unknown,
  handler: ClientHandler,
  { limit }: StreamOptions,
): LoopFuture<Server> {
  const started = new LoopFuture<Server>();
  try {
    started.setResult(new Server(listen() as Listener, handler, limit));
  } catch (error) {
    started.setException(error);
  }
  return started;
}

function checkHandler(handler: unknown): void {
  if (typeof handler !== "function") {
    throw new TypeError(`Cannot serve clients with ${show(handler)}: give a function`);
  }
}
