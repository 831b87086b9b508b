/** 9. The messenger, step three: the thread that sends. */
import { portable } from "@quartet/concurrency/threading";
import type { Queue } from "@quartet/concurrency/queue";

/** Goes to the peer as soon as it is there, and says what is put into `lines` until that is shut down. */
export const send = portable(
  import.meta,
  async function send(port: number, lines: Queue<string>): Promise<void> {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const encoder = new TextEncoder();
    for await (const line of lines) {
      await conn.write(encoder.encode(`${line}\n`));
    }
  },
);
