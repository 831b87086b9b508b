/**
 * A small object to a process and back.
 *
 *     deno run -A --no-lock tests/bench/process_roundtrip_bench.ts
 */
import { fork } from "node:child_process";
import {
  Client,
  type Connection,
  Listener,
  type ListenerAddress,
  Pipe,
  Pool,
  portable,
  Process,
} from "@quartet/concurrency/multiprocessing";
import { bench, type Contender } from "./harness.ts";
import { bareSocket } from "./support/bare_socket.ts";

const TIMES = 2_000;
const message = { id: 17, name: "small object", tags: ["a", "b"], nested: { x: 1.5, y: null } };

const far = portable(import.meta, {
  async answer(connection: Connection): Promise<void> {
    for await (const each of connection) await connection.send(each);
  },
  answerSync(connection: Connection): void {
    for (let each = connection.recvSync(); each !== null; each = connection.recvSync()) {
      connection.sendSync(each);
    }
  },
  async answerAt(address: ListenerAddress): Promise<void> {
    using connection = await Client(address, { authkey: "bench" });
    await far.answer(connection);
  },
  identity<T>(value: T): T {
    return value;
  },
});

/** Measures microseconds for each round trip that `once` makes. */
function trips(
  name: string,
  role: Contender["role"],
  open: () => Promise<{ once: () => Promise<unknown>; close: () => unknown }>,
): Contender {
  return {
    name,
    role,
    open: async () => {
      const { once, close } = await open();
      return {
        async measure() {
          const began = performance.now();
          for (let i = 0; i < TIMES; i++) await once();
          return (performance.now() - began) / TIMES * 1000;
        },
        close,
      };
    },
  };
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir();
  const forked = `${folder}/forked.mjs`;
  await Deno.writeTextFile(forked, 'process.on("message", (m) => process.send(m));\n');

  await bench({
    title: "a small object to a process and back",
    unit: "µs",
    better: "lower",
    rounds: 7,
    warmUps: 2,
    target: "Pipe within 1.3 of the bare socket",
  }, [
    trips("bare socket, JSON", "limit", async () => {
      const { conn, close } = await bareSocket("json");
      const encoder = new TextEncoder();
      const decoder = new TextDecoder();
      const chunk = new Uint8Array(1 << 16);
      const once = async () => {
        const body = encoder.encode(JSON.stringify(message));
        const frame = new Uint8Array(4 + body.length);
        new DataView(frame.buffer).setUint32(0, body.length, true);
        frame.set(body, 4);
        await conn.write(frame);
        for (let end = 0;;) {
          end += await conn.read(chunk.subarray(end)) as number;
          const length = new DataView(chunk.buffer).getUint32(0, true);
          if (end >= 4 + length) return JSON.parse(decoder.decode(chunk.subarray(4, 4 + length)));
        }
      };
      return { once, close };
    }),
    trips("Pipe", "ours", async () => {
      const [ours, theirs] = Pipe();
      const child = new Process({ target: far.answer, args: [theirs] }).start();
      await ours.send(message);
      await ours.recv();
      return {
        once: async () => {
          await ours.send(message);
          return await ours.recv();
        },
        close: () => {
          ours.close();
          return child.join();
        },
      };
    }),
    trips("Pipe, sendSync() and recvSync()", "ours", async () => {
      const [ours, theirs] = Pipe();
      const child = new Process({ target: far.answerSync, args: [theirs] }).start();
      await ours.send(message);
      await ours.recv();
      return {
        // deno-lint-ignore require-await -- it blocks
        once: async () => {
          ours.sendSync(message);
          return ours.recvSync();
        },
        close: () => {
          ours.sendSync(null);
          ours.close();
          return child.join();
        },
      };
    }),
    trips("Listener and Client", "ours", async () => {
      const listener = new Listener({ authkey: "bench" });
      const child = new Process({ target: far.answerAt, args: [listener.address] }).start();
      const connection = await listener.accept();
      return {
        once: async () => {
          await connection.send(message);
          return await connection.recv();
        },
        close: async () => {
          connection.close();
          await child.join();
          await listener[Symbol.asyncDispose]();
        },
      };
    }),
    trips("Pool.apply", "ours", async () => {
      const pool = new Pool(1);
      await pool.apply(far.identity, [message]);
      return {
        once: () => pool.apply(far.identity, [message]),
        close: () => pool[Symbol.asyncDispose](),
      };
    }),
    trips("node:child_process fork", "peer", async () => {
      const child = fork(forked);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const once = () =>
        new Promise((resolve) => {
          child.once("message", resolve);
          child.send(message);
        });
      await once();
      return {
        once,
        close: () => {
          child.disconnect();
          return ended;
        },
      };
    }),
  ]);
  await Deno.remove(folder, { recursive: true });
}
