/** 9. The messenger, step three: the thread that sends. */
import { portable, sleep } from "@quartet/concurrency/threading";
import type { Queue } from "@quartet/concurrency/queue";

/** Goes to the peer as soon as it is there, and says what is put into `lines` until that is shut down. */
export const send = portable(
  import.meta,
  async function send(port: number, lines: Queue<string>): Promise<void> {
    using conn = await dial(port);
    const encoder = new TextEncoder();
    for await (const line of lines) {
      const bytes = encoder.encode(`${line}\n`);
      // `write` takes as much as there is room for, and returns how much that was
      for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    }
  },
);

/** Tries until the peer is there. */
async function dial(port: number): Promise<Deno.TcpConn> {
  while (true) {
    try {
      return await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await sleep(100);
    }
  }
}
