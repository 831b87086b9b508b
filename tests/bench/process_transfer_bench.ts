/**
 * 64 MiB to a process and back.
 *
 *     deno run -A --no-lock tests/bench/process_transfer_bench.ts
 */
import {
  type Connection,
  Pipe,
  portable,
  Process,
  SharedMemory,
} from "@quartet/concurrency/multiprocessing";
import { bench } from "./harness.ts";
import { bareSocket } from "./support/bare_socket.ts";

const LENGTH = 64 * 1024 * 1024;

const far = portable(import.meta, {
  async answerBytes(connection: Connection): Promise<void> {
    while (await connection.poll(Infinity)) {
      try {
        await connection.sendBytes(await connection.recvBytes());
      } catch (error) {
        if ((error as Error).name !== "EOFError") throw error;
        return;
      }
    }
  },
  /** Changes the memory when it is told to, and says so. */
  async changeMemory(connection: Connection<number>, memory: SharedMemory): Promise<void> {
    for await (const place of connection) {
      memory.buf![place]!++;
      await connection.send(place);
    }
    memory.close();
  },
});

if (import.meta.main) {
  const bytes = new Uint8Array(LENGTH).fill(7);
  await bench({
    title: "64 MiB to a process and back",
    unit: "ms",
    better: "lower",
    rounds: 7,
    warmUps: 2,
    target: "Pipe within 1.3 of the bare socket; SharedMemory under 1 ms",
  }, [
    {
      name: "bare socket",
      role: "limit",
      open: async () => {
        const { conn, close } = await bareSocket(String(LENGTH));
        return {
          async measure() {
            const began = performance.now();
            for (let at = 0; at < LENGTH;) at += await conn.write(bytes.subarray(at));
            const back = new Uint8Array(LENGTH);
            for (let at = 0; at < LENGTH;) at += await conn.read(back.subarray(at)) as number;
            return performance.now() - began;
          },
          close,
        };
      },
    },
    {
      name: "Pipe",
      role: "ours",
      open: () => {
        const [ours, theirs] = Pipe();
        const child = new Process({ target: far.answerBytes, args: [theirs] }).start();
        return {
          async measure() {
            const began = performance.now();
            await ours.sendBytes(bytes);
            const back = await ours.recvBytes();
            const taken = performance.now() - began;
            if (back.length !== LENGTH) throw new Error("not all came back");
            return taken;
          },
          close: () => {
            ours.close();
            return child.join();
          },
        };
      },
    },
    {
      name: "SharedMemory",
      role: "ours",
      open: () => {
        const memory = new SharedMemory({ size: LENGTH });
        const [ours, theirs] = Pipe<number>();
        const child = new Process({ target: far.changeMemory, args: [theirs, memory] }).start();
        return {
          async measure() {
            const began = performance.now();
            memory.buf![LENGTH - 1] = 1;
            await ours.send(LENGTH - 1);
            await ours.recv();
            const taken = performance.now() - began;
            if (memory.buf![LENGTH - 1] !== 2) throw new Error("the change was not seen");
            return taken;
          },
          close: async () => {
            ours.close();
            await child.join();
            memory.close();
            memory.unlink();
          },
        };
      },
    },
  ]);
}
