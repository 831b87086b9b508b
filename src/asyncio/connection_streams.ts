import { StreamReader } from "./stream_reader.ts";
import { StreamWriter } from "./stream_writer.ts";

/** Both ends of a connection: what comes, and what goes. */
export type StreamPair = [reader: StreamReader, writer: StreamWriter];

/** How many bytes one read of the platform may bring. */
const READ_SIZE = 65_536;

/** Makes a reader and a writer over one of Deno's connections, which is theirs from then on. */
export function streamsOf(connection: Deno.Conn, limit: number | undefined): StreamPair {
  const scratch = new Uint8Array(READ_SIZE);
  let closed = false;
  const reader = new StreamReader({ limit }, async () => {
    try {
      const count = await connection.read(scratch);
      return count === null ? null : scratch.subarray(0, count);
    } catch (error) {
      // Closed from here while a read was waiting: that is the end, not a failure.
      if (closed) return null;
      throw error;
    }
  });
  const writer = new StreamWriter({
    write: (bytes) => connection.write(bytes),
    closeWrite: () => connection.closeWrite(),
    close: () => {
      closed = true;
      connection.close();
    },
    info: {
      peername: connection.remoteAddr,
      sockname: connection.localAddr,
      socket: connection,
    },
  });
  return [reader, writer];
}
