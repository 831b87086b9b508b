/**
 * Items through queues and pipes to another process, and there and back.
 *
 *     deno run -A --no-lock tests/bench/process_queue_bench.ts
 */
import {
  type Connection,
  Pipe,
  portable,
  Process,
  Queue,
  SimpleQueue,
} from "../../src/multiprocessing/mod.ts";
import { makePipe } from "../../src/multiprocessing/connection/pipe.ts";
import { servedQueue } from "../support/served_queue.ts";
import { bench, type Contender } from "./harness.ts";
import { bareSocket } from "./support/bare_socket.ts";

const COUNT = 100_000;
const SERVED = 10_000;
const TRIPS = 2_000;

const ITEMS: Record<string, unknown> = {
  int: 17,
  object: { id: 17, name: "small object", tags: ["a", "b"], nested: { x: 1.5, y: null } },
};

/** The end of a conversation that began long ago. */
const END = "the end";

const far = portable(import.meta, {
  async take(queue: Queue<unknown>, back: Connection, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await queue.get();
    await back.send("done");
  },
  takeSync(queue: Queue<unknown>, back: Connection, count: number): void {
    for (let i = 0; i < count; i++) queue.getSync();
    back.sendSync("done");
  },
  async give(queue: Queue<unknown>, item: unknown, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await queue.put(item);
  },
  async receive(connection: Connection, back: Connection, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await connection.recv();
    await back.send("done");
  },
  receiveSync(connection: Connection, back: Connection, count: number): void {
    for (let i = 0; i < count; i++) connection.recvSync();
    back.sendSync("done");
  },
  async answer(connection: Connection): Promise<void> {
    for (;;) {
      const message = await connection.recv();
      if (message === END) return;
      await connection.send(message);
    }
  },
  answerSync(connection: Connection): void {
    for (let message = connection.recvSync(); message !== END; message = connection.recvSync()) {
      connection.sendSync(message);
    }
  },
});

/** The part of a queue or connection that is measured. */
interface Way {
  readonly far: unknown;
  readonly target: (...args: never[]) => unknown;
  put(item: unknown): unknown;
  /** Lets go of it. */
  close?(): void;
}

/** Measures thousands of items in a second, from the second one on: the first says that the child has come. */
function through(name: string, item: unknown, count: number, open: () => Way): Contender {
  return {
    name,
    role: "ours",
    open: () => ({
      async measure() {
        const way = open();
        const [back, theirs] = Pipe();
        const child = new Process({
          target: way.target as (...args: unknown[]) => unknown,
          args: [way.far, theirs, count + 1],
        }).start();
        await way.put(item);
        await untilAlive(child);
        const began = performance.now();
        for (let i = 0; i < count; i++) {
          const put = way.put(item);
          if (put !== undefined) await put;
        }
        await back.recv();
        const rate = count / (performance.now() - began);
        await child.join();
        back.close();
        way.close?.();
        return rate;
      },
    }),
  };
}

/** The same the other way: a child puts, and this process gets. */
function fromChild(name: string, item: unknown, make: () => Queue<unknown>): Contender {
  return {
    name,
    role: "ours",
    open: () => ({
      async measure() {
        const queue = make();
        const child = new Process({ target: far.give, args: [queue, item, COUNT + 1] }).start();
        await queue.get();
        const began = performance.now();
        for (let i = 0; i < COUNT; i++) await queue.get();
        const rate = COUNT / (performance.now() - began);
        await child.join();
        return rate;
      },
    }),
  };
}

/** A child that has answered once runs. */
async function untilAlive(child: Process): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (!child.isAlive) throw new Error(`the child ended with ${child.exitCode}`);
}

function queue(make: () => Queue<unknown> | SimpleQueue<unknown>): () => Way {
  return () => {
    const made = make();
    return { far: made, target: far.take, put: (item) => made.put(item) };
  };
}

function blockingQueue(): Way {
  const made = new Queue<unknown>();
  return { far: made, target: far.takeSync, put: (item) => made.putSync(item) };
}

function pipe(make: () => [Connection, Connection], blocks = false): () => Way {
  return () => {
    const [ours, theirs] = make();
    return {
      far: theirs,
      target: blocks ? far.receiveSync : far.receive,
      put: (item) => blocks ? ours.sendSync(item) : ours.send(item),
      close: () => ours.close(),
    };
  };
}

/** Measures microseconds for each trip to a child and back. */
function trips(name: string, make: () => [Connection, Connection], blocks: boolean): Contender {
  return {
    name,
    role: "ours",
    async open() {
      const [ours, theirs] = make();
      const target = blocks ? far.answerSync : far.answer;
      const child = new Process({ target, args: [theirs] }).start();
      await ours.send(0);
      await ours.recv();
      return {
        async measure() {
          const began = performance.now();
          for (let i = 0; i < TRIPS; i++) {
            if (blocks) {
              ours.sendSync(i);
              ours.recvSync();
            } else {
              await ours.send(i);
              await ours.recv();
            }
          }
          return (performance.now() - began) * 1000 / TRIPS;
        },
        async close() {
          await ours.send(END);
          await child.join();
          ours.close();
        },
      };
    },
  };
}

/** A Python process of its own, which prints one figure. */
function python(name: string, kind: string, item: string, count: number): Contender {
  const script = new URL("./support/python_rings.py", import.meta.url).pathname;
  return {
    name,
    role: "peer",
    open: () => ({
      async measure() {
        const args = [script, kind, item, String(count)];
        const { stdout } = await new Deno.Command("python3", { args, stderr: "inherit" }).output();
        return Number(new TextDecoder().decode(stdout));
      },
    }),
  };
}

/** A byte to a child and back, by a bare socket. */
const socket: Contender = {
  name: "bare socket, one byte",
  role: "limit",
  async open() {
    const { conn, close } = await bareSocket("1");
    const byte = new Uint8Array(1);
    return {
      async measure() {
        const began = performance.now();
        for (let i = 0; i < TRIPS; i++) {
          await conn.write(byte);
          await conn.read(byte);
        }
        return (performance.now() - began) * 1000 / TRIPS;
      },
      close,
    };
  },
};

/** Items as JSON to a child, a write for each. */
function bareStream(item: unknown): Contender {
  const bytes = new TextEncoder().encode(JSON.stringify(item));
  return {
    name: "bare socket, a write an item",
    role: "limit",
    async open() {
      const { conn, close } = await bareSocket(`take ${COUNT * bytes.length}`);
      return {
        async measure() {
          const began = performance.now();
          for (let i = 0; i < COUNT; i++) {
            const text = new TextEncoder().encode(JSON.stringify(item));
            for (let at = 0; at < text.length;) at += await conn.write(text.subarray(at));
          }
          await conn.read(new Uint8Array(1));
          return COUNT / (performance.now() - began);
        },
        close,
      };
    },
  };
}

if (import.meta.main) {
  for (const [what, item] of Object.entries(ITEMS)) {
    await bench({
      title: `${what === "int" ? "integers" : "small objects"} to another process`,
      unit: "k/s",
      better: "higher",
      warmUps: 0,
    }, [
      bareStream(item),
      through("Queue", item, COUNT, queue(() => new Queue())),
      through("Queue.putSync() and getSync()", item, COUNT, blockingQueue),
      through("SimpleQueue", item, COUNT, queue(() => new SimpleQueue())),
      through("Pipe", item, COUNT, pipe(() => Pipe())),
      through("Connection.sendSync() and recvSync()", item, COUNT, pipe(() => Pipe(), true)),
      through("Queue, served", item, COUNT, queue(() => servedQueue(Queue<unknown>))),
      through("SimpleQueue, served", item, COUNT, queue(() => servedQueue(SimpleQueue<unknown>))),
      fromChild("Queue, served, from a child", item, () => servedQueue(Queue<unknown>)),
      through("Pipe, served", item, SERVED, pipe(() => makePipe(true, null))),
      python("Python Queue", "Queue", what, COUNT),
      python("Python SimpleQueue", "SimpleQueue", what, COUNT),
      python("Python Pipe", "Pipe", what, COUNT),
    ]);
  }
  await bench({ title: "an integer to a process and back", unit: "µs", better: "lower" }, [
    socket,
    trips("Pipe", () => Pipe(), false),
    trips("Connection.sendSync() and recvSync()", () => Pipe(), true),
    trips("Pipe, served", () => makePipe(true, null), false),
    python("Python Pipe", "trips", "int", TRIPS),
  ]);
}
