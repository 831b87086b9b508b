/** A child sends, awaits that, and ends itself at once: what it sent has to arrive. */
import {
  type Connection,
  Pipe,
  portable,
  Process,
  Queue,
} from "@quartet/concurrency/multiprocessing";

const senders = portable(import.meta, {
  async pipe(pipe: Connection, size: number, count: number) {
    for (let n = 0; n < count; n++) await pipe.send("x".repeat(size));
    Deno.exit(0);
  },
  async bytes(pipe: Connection, size: number) {
    await pipe.sendBytes(new Uint8Array(size));
    Deno.exit(0);
  },
  async queue(queue: Queue<string>, size: number, count: number) {
    for (let n = 0; n < count; n++) await queue.put("x".repeat(size));
    Deno.exit(0);
  },
});

if (import.meta.main) {
  for (const [size, count] of [[1, 1], [1_000, 100], [219_263, 3], [5_000_000, 1]] as const) {
    const [near, far] = Pipe();
    const child = new Process({ target: senders.pipe, args: [far, size, count] }).start();
    for (let n = 0; n < count; n++) {
      const text = await near.recv({ timeout: 60_000 }) as string;
      if (text.length !== size) throw new Error(`${text.length} of ${size}`);
    }
    await child.join();
    const [nearBytes, farBytes] = Pipe();
    const other = new Process({ target: senders.bytes, args: [farBytes, size] }).start();
    const { length } = await nearBytes.recvBytes(Infinity, { timeout: 60_000 });
    if (length !== size) throw new Error(`${length} of ${size}`);
    await other.join();
    const queue = new Queue<string>();
    const third = new Process({ target: senders.queue, args: [queue, size, count] }).start();
    for (let n = 0; n < count; n++) {
      const text = await queue.get({ timeout: 60_000 });
      if (text.length !== size) throw new Error(`${text.length} of ${size}`);
    }
    await third.join();
  }
  console.log("all arrived");
}
