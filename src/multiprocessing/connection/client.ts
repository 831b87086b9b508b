import { checkCount, checkDuration, checkOptions } from "../../core/check.ts";
import {
  authenticateToListener,
  type AuthKey,
  keyBytes,
  PATIENCE,
} from "../../wire/frames/authentication.ts";
import { type ListenerAddress, socketAddress } from "../objects/address.ts";
import type { Connection } from "./connection.ts";
import { DEFAULT_LIMIT, SocketConnection } from "./socket_connection.ts";

/** How a client connects. */
export interface ClientOptions {
  /** The secret that the listener knows too. */
  readonly authkey: AuthKey;
  /** The longest message that is taken, in bytes; 256 MiB by default. */
  readonly maxMessageLength?: number;
  /** How long the listener may take to prove that it knows the key, in milliseconds; 5000 by default. */
  readonly patience?: number;
}

/**
 * Connects to a {@link Listener}.
 *
 * Source: `multiprocessing.connection.Client`.
 *
 * @param address the listener's `address`.
 * @throws {RangeError} if a bound is none.
 * @throws {AuthenticationError} if the listener refuses the key, or does not know it itself.
 * @throws {EOFError} if it left before it had proved anything.
 * @throws {Deno.errors.ConnectionRefused} if nobody listens there; a path that is not there: `NotFound`.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { AuthenticationError, Client, Listener } from "@quartet/concurrency/multiprocessing";
 *
 * await using listener = new Listener({ authkey: "a secret" });
 * const accepted = listener.accept();
 * await Promise.all([
 *   assertRejects(() => Client(listener.address, { authkey: "a guess" }), AuthenticationError),
 *   assertRejects(() => accepted, AuthenticationError),
 * ]);
 * ```
 */
export async function Client<Out = unknown, In = Out>(
  address: ListenerAddress,
  options: ClientOptions,
): Promise<Connection<Out, In>> {
  checkOptions(options, "Client()", 'authkey: "…"');
  const key = keyBytes(options.authkey);
  const limit = options.maxMessageLength ?? DEFAULT_LIMIT;
  const patience = options.patience ?? PATIENCE;
  checkCount(limit, "maxMessageLength");
  checkDuration(patience, "patience");
  const to = socketAddress(address);
  const conn = to.transport === "unix" ? await Deno.connect(to) : await Deno.connect(to);
  if (to.transport === "tcp") (conn as Deno.TcpConn).setNoDelay(true);
  await authenticateToListener(conn, key, patience);
  return new SocketConnection<Out, In>(conn, limit);
}
