/**
 * Items from a producer to a consumer through a queue of one loop, each operation awaited.
 *
 * Target: the rate of the naive queue and of deno-std's Channel, with order kept on both sides.
 */
import { openChannel, Queue, run } from "../../src/asyncio/mod.ts";
import { bench, type Contender } from "./harness.ts";

const ITEMS = 300_000;

/** The least that hands items over, one producer and one consumer, bounded. */
class NaiveQueue {
  readonly #bound: number;
  readonly #items: number[] = [];
  #head = 0;
  #getter: (() => void) | null = null;
  #putter: (() => void) | null = null;

  constructor(bound: number) {
    this.#bound = bound;
  }

  async put(item: number): Promise<void> {
    if (this.#items.length - this.#head >= this.#bound) {
      await new Promise<void>((resolve) => this.#putter = resolve);
    }
    this.#items.push(item);
    this.#getter?.();
    this.#getter = null;
  }

  async get(): Promise<number> {
    if (this.#items.length === this.#head) {
      await new Promise<void>((resolve) => this.#getter = resolve);
    }
    const item = this.#items[this.#head++]!;
    if (this.#head > 1024) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    this.#putter?.();
    this.#putter = null;
    return item;
  }
}

/** What both sides need. */
interface Pipe {
  put(item: number): Promise<unknown>;
  get(): Promise<number>;
}

/** Takes what a producer puts, by `for await`. */
function iterating(name: string, role: Contender["role"], make: () => Stream): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        let took = 0;
        await run(async () => {
          const stream = make();
          const start = performance.now();
          const producer = (async () => {
            for (let i = 0; i < ITEMS; i++) await stream.put(i);
            stream.end();
          })();
          let next = 0;
          for await (const item of stream.items) {
            if (item !== next++) throw new Error("an item came out of its order");
          }
          await producer;
          took = performance.now() - start;
        });
        return ITEMS / took * 1000;
      },
    }),
  };
}

/** What both sides need. */
interface Stream {
  readonly items: AsyncIterable<number>;
  put(item: number): Promise<unknown>;
  end(): void;
}

/** The naive queue, iterated by a generator. */
function naiveStream(): Stream {
  const queue = new NaiveQueue(100);
  async function* items(): AsyncGenerator<number> {
    for (let item = await queue.get(); item >= 0; item = await queue.get()) yield item;
  }
  return { items: items(), put: (item) => queue.put(item), end: () => void queue.put(-1) };
}

function passing(
  name: string,
  role: Contender["role"],
  make: () => Pipe,
  inLoop = false,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        let took = 0;
        const timed = async (): Promise<void> => {
          const pipe = make();
          const start = performance.now();
          const producer = (async () => {
            for (let i = 0; i < ITEMS; i++) await pipe.put(i);
          })();
          for (let i = 0; i < ITEMS; i++) {
            if (await pipe.get() !== i) throw new Error("an item came out of its order");
          }
          await producer;
          took = performance.now() - start;
        };
        await (inLoop ? run(timed) : timed());
        return ITEMS / took * 1000;
      },
    }),
  };
}

if (import.meta.main) {
  for (const bound of [100, Infinity]) {
    await bench({
      title: bound === Infinity ? "queue, unbounded" : `queue, bounded by ${bound}`,
      unit: "items/s",
      better: "higher",
      rounds: 9,
      warmUps: 2,
      target: "the naive queue",
    }, [
      passing("naive queue", "limit", () => new NaiveQueue(bound)),
      passing(
        "quartet Queue",
        "ours",
        () => new Queue<number>(bound === Infinity ? 0 : bound),
        true,
      ),
      passing("quartet channel", "ours", () => {
        const [sender, receiver] = openChannel<number>(bound);
        return { put: (item) => sender.send(item), get: () => receiver.receive() };
      }, true),
    ]);
  }

  await bench({
    title: "queue, bounded by 100, for await",
    unit: "items/s",
    better: "higher",
    rounds: 9,
    warmUps: 2,
    target: "the naive queue",
  }, [
    iterating("naive queue", "limit", naiveStream),
    iterating("quartet Queue", "ours", () => {
      const queue = new Queue<number>(100);
      return { items: queue, put: (item) => queue.put(item), end: () => queue.shutdown() };
    }),
    iterating("quartet channel", "ours", () => {
      const [sender, receiver] = openChannel<number>(100);
      return { items: receiver, put: (item) => sender.send(item), end: () => sender.close() };
    }),
  ]);
}
