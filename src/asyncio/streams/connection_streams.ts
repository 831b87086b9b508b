import { InvalidStateError } from "../../core/errors.ts";
import { StreamReader } from "./stream_reader.ts";
import { type StartTlsOptions, StreamWriter } from "./stream_writer.ts";

/** Both ends of a connection: what comes, and what goes. */
export type StreamPair = [reader: StreamReader, writer: StreamWriter];

/** How many bytes one read of the platform may bring. */
const READ_SIZE = 65_536;

/**
 * Makes a reader and a writer over one of Deno's connections, which is theirs from then on.
 *
 * @param plainHost the host that a TCP connection without TLS leads to, where it may be encrypted later; else `null`.
 */
export function streamsOf(
  connection: Deno.Conn,
  limit: number | undefined,
  plainHost: string | null = null,
): StreamPair {
  const scratch = new Uint8Array(READ_SIZE);
  let closed = false;
  let reading = false;
  let encrypting: Promise<unknown> | null = null;
  let isTaken = false;
  let alpnProtocol: string | null = null;
  const reader = new StreamReader({ limit }, async () => {
    try {
      if (encrypting !== null) await encrypting;
      reading = true;
      const count = await connection.read(scratch);
      return count === null ? null : scratch.subarray(0, count);
    } catch (error) {
      // Closed from here while a read was waiting: that is the end, not a failure.
      if (closed) return null;
      throw error;
    } finally {
      reading = false;
    }
  });
  const encrypt = async (host: string, options: StartTlsOptions): Promise<void> => {
    // The platform takes the connection away while it makes another of it, and does not give it back when that fails.
    const plain = connection as Deno.TcpConn;
    isTaken = true;
    const tls = await Deno.startTls(plain, { hostname: host, ...options });
    isTaken = false;
    connection = tls;
    if (closed) tls.close();
    ({ alpnProtocol } = await tls.handshake());
  };
  const startTls = async (host: string, options: StartTlsOptions): Promise<void> => {
    const { buffered } = reader.statistics();
    if (encrypting !== null) throw new InvalidStateError("Cannot start TLS: it was started before");
    if (reading) {
      throw new InvalidStateError("Cannot start TLS: a read is under way; let it end first");
    }
    if (buffered > 0) {
      throw new InvalidStateError(
        `Cannot start TLS: ${buffered} bytes that came before are not read; read them first`,
      );
    }
    await (encrypting = encrypt(host, options));
  };
  const writer = new StreamWriter({
    write: (bytes) => connection.write(bytes),
    closeWrite: () => connection.closeWrite(),
    ...(plainHost === null
      ? {}
      : { startTls: (options: StartTlsOptions) => startTls(plainHost, options) }),
    close: () => {
      closed = true;
      if (!isTaken) connection.close();
    },
    info: {
      peername: connection.remoteAddr,
      sockname: connection.localAddr,
      get socket() {
        return connection;
      },
      get alpnProtocol() {
        return alpnProtocol;
      },
    },
  });
  return [reader, writer];
}
