/** 8. The messenger, step two: the thread that receives. */
import { portable } from "@quartet/concurrency/threading";
import type { Queue } from "@quartet/concurrency/queue";
import { linesOf } from "../solutions/07_lines.ts";

/** Waits for the peer on a port, and puts what it says into `heard`, until it leaves. */
export const receive = portable(
  import.meta,
  async function receive(port: number, heard: Queue<string>): Promise<void> {
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port });
      const conn = await listener.accept();
      for await (const line of linesOf(conn.readable)) await heard.put(line);
    } finally {
      heard.shutdown(); // nothing more will come: loops over the queue end
    }
  },
);
