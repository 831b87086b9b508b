/** What children put into a queue that their parent serves. */
import { ShutDownError, TransferError } from "../../../src/core/errors.ts";
import { type Queue, type SharedArray, SimpleQueue } from "../../../src/multiprocessing/mod.ts";
import { portable } from "../../../src/wire/codec/portable.ts";

/** Where things stand in a shared array. */
export const Cell = { PUT: 0, GO_ON: 1 } as const;

export const putters = portable(import.meta, {
  /** Puts the numbers up to `count`. */
  async putAll(queue: Queue<number>, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await queue.put(i);
  },
  /** Begins all puts at once. */
  async putTogether(queue: Queue<number>, count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, i) => queue.put(i)));
  },
  /** Puts numbers until the queue refuses them, and returns how many it took. */
  async putUntilRefused(queue: Queue<number>, cells: SharedArray): Promise<number> {
    try {
      for (let i = 0;; i++) {
        await queue.put(i);
        cells.set(Cell.PUT, i + 1);
      }
    } catch (error) {
      if (!(error instanceof ShutDownError)) throw error;
      return cells.get(Cell.PUT);
    }
  },
  /** Puts some, spins until it is told to go on, and returns what comes of another put. */
  async putAndSpin(queue: Queue<number>, count: number, cells: SharedArray): Promise<string> {
    for (let i = 0; i < count; i++) await queue.put(i);
    cells.set(Cell.PUT, count);
    while (cells.get(Cell.GO_ON) === 0);
    try {
      await queue.put(count);
      return "put";
    } catch (error) {
      if (error instanceof ShutDownError) return error.name;
      throw error;
    }
  },
  /** As `putAndSpin`, but all puts after the first are noted and not on their way when it spins. */
  async putUnsentAndSpin(queue: Queue<number>, count: number, cells: SharedArray): Promise<string> {
    await queue.put(0); // by which it may put without an answer
    const puts = Array.from({ length: count - 1 }, (_, i) => queue.put(i + 1));
    cells.set(Cell.PUT, count);
    while (cells.get(Cell.GO_ON) === 0);
    await Promise.all(puts);
    return await putters.putAndSpin(queue, 1, cells).then(String, (error: Error) => error.name);
  },
  /** Puts numbers, and among them what cannot cross and what travels; returns how many were refused. */
  async putOddly(queue: Queue<unknown>, count: number): Promise<number> {
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const item = i % 5 === 3 ? () => i : i % 5 === 4 ? new SimpleQueue<number>() : i;
      try {
        await queue.put(item);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        refused++;
      }
    }
    return refused;
  },
});
