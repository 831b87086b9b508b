/** What processes do with a queue or a pipe until they are killed; each notes in shared memory what it has done. */
import { EOFError } from "../../../src/core/errors.ts";
import type { Connection, Queue } from "../../../src/multiprocessing/mod.ts";
import { type CellsAddress, cellsAt } from "../cells.ts";
import { portable } from "../../../src/wire/codec/portable.ts";

/** So many items are put by one victim; then it rests. */
export const MOST = 1 << 16;

/** An item: who put it, the how many'th it is, and bytes that follow from that. */
export type Item = [who: number, number: number, text: string];

/** The item of that number; now and then a big one. */
export function itemOf(who: number, number: number): Item {
  const size = number % 97 === 0 ? 30_000 : number % 61;
  return [who, number, String.fromCharCode(97 + number % 26).repeat(size)];
}

/** Throws if an item is not as it was put. */
export function check(item: Item): void {
  const [who, number, text] = item;
  if (text !== itemOf(who, number)[2]) {
    throw new Error(`Item ${number} of ${who} is torn: ${text.length} characters came`);
  }
}

async function rest(): Promise<never> {
  return await new Promise<never>(() => setInterval(() => {}, 1000));
}

export const ringVictims = portable(import.meta, {
  /** Puts items; `put` has at `who` how many of them were put completely. */
  async put(queue: Queue<Item>, at: CellsAddress, who: number, blocks: boolean): Promise<void> {
    const put = cellsAt(at);
    for (let number = 0; number < MOST; number++) {
      if (blocks) queue.putSync(itemOf(who, number));
      else await queue.put(itemOf(who, number));
      put.set(who, number + 1);
    }
    await rest();
  },
  /** Takes items; `seen` counts each, those of `who` from `who * MOST` on. */
  async take(
    queue: Queue<Item>,
    seenAt: CellsAddress,
    takenAt: CellsAddress,
    me: number,
    blocks: boolean,
  ): Promise<void> {
    const seen = cellsAt(seenAt), taken = cellsAt(takenAt);
    const next = [0, 0];
    for (;;) {
      const item = blocks ? queue.getSync() : await queue.get();
      check(item);
      const [who, number] = item;
      if (number < next[who]!) throw new Error(`Item ${number} of ${who} came after ${next[who]}`);
      next[who] = number + 1;
      seen.add(who * MOST + number, 1);
      taken.add(me, 1);
    }
  },
  /** Sends messages until the other end is gone, and returns how many. */
  async send(
    connection: Connection<Item, never>,
    at: CellsAddress,
    blocks: boolean,
  ): Promise<number> {
    const sent = cellsAt(at);
    try {
      for (let number = 0;; number++) {
        if (blocks) connection.sendSync(itemOf(0, number));
        else await connection.send(itemOf(0, number));
        sent.set(0, number + 1);
      }
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
      return sent.get(0);
    }
  },
  /** Receives messages until the other end is gone, and returns how many. */
  async receive(
    connection: Connection<never, Item>,
    at: CellsAddress,
    blocks: boolean,
  ): Promise<number> {
    const received = cellsAt(at);
    try {
      for (let number = 0;; number++) {
        const item = blocks ? connection.recvSync() : await connection.recv();
        check(item);
        if (item[1] !== number) {
          throw new Error(`Message ${item[1]} came in the place of ${number}`);
        }
        received.set(0, number + 1);
      }
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
      return received.get(0);
    }
  },
});
