/** What processes do with a primitive until they are killed. Each counts what it has done in a cell of its own. */
import { BrokenBarrierError } from "../../../src/core/errors.ts";
import type {
  Barrier,
  Condition,
  Event,
  Lock,
  RLock,
  Semaphore,
  Value,
} from "../../../src/multiprocessing/mod.ts";
import { type Cells, type CellsAddress, cellsAt } from "../cells.ts";
import { portable } from "../../../src/wire/codec/portable.ts";

/** The cell that a lock guards; the cells of the victims follow. */
export const GUARDED = 0;

function count(cells: Cells, me: number): void {
  cells.add(me, 1);
}

export const victims = portable(import.meta, {
  async lock(lock: Lock | RLock, at: CellsAddress, me: number, later: boolean): Promise<void> {
    const cells = cellsAt(at);
    for (;;) {
      using _held = later ? await lock.acquire() : lock.acquireSync();
      cells.set(GUARDED, cells.get(GUARDED) + 1); // two steps: only the lock makes them one
      count(cells, me);
    }
  },

  async rlock(lock: RLock, at: CellsAddress, me: number, later: boolean): Promise<void> {
    const cells = cellsAt(at);
    for (;;) {
      using _outer = later ? await lock.acquire() : lock.acquireSync();
      using _inner = later ? await lock.acquire() : lock.acquireSync();
      cells.set(GUARDED, cells.get(GUARDED) + 1);
      count(cells, me);
    }
  },

  async semaphore(
    semaphore: Semaphore,
    at: CellsAddress,
    me: number,
    later: boolean,
  ): Promise<void> {
    const cells = cellsAt(at);
    for (;;) {
      using _permit = later ? await semaphore.acquire() : semaphore.acquireSync();
      count(cells, me);
    }
  },

  async event(event: Event, at: CellsAddress, me: number, later: boolean): Promise<void> {
    const cells = cellsAt(at);
    for (;;) {
      const acts = me === 1 ? event.set() : later ? event.wait() : event.waitSync();
      if (later) await acts;
      count(cells, me);
      const clears = me === 1 ? undefined : event.clear();
      if (later) await clears;
    }
  },

  async condition(
    condition: Condition,
    at: CellsAddress,
    me: number,
    later: boolean,
  ): Promise<void> {
    const cells = cellsAt(at);
    const isFilled = (): boolean => cells.get(GUARDED) > 0;
    for (;;) {
      using _held = later ? await condition.acquire() : condition.acquireSync();
      if (later) await condition.waitFor(isFilled);
      else condition.waitForSync(isFilled);
      cells.set(GUARDED, cells.get(GUARDED) - 1);
      count(cells, me);
    }
  },

  async barrier(barrier: Barrier, at: CellsAddress, me: number, later: boolean): Promise<void> {
    const cells = cellsAt(at);
    for (;;) {
      try {
        if (later) await barrier.wait();
        else barrier.waitSync();
      } catch (error) {
        if (!(error instanceof BrokenBarrierError)) throw error;
      }
      count(cells, me);
    }
  },

  async value(value: Value, at: CellsAddress, me: number): Promise<void> {
    const cells = cellsAt(at);
    for (let done = 0;; done++) {
      if (done % 2 === 0) await value.add(1);
      else {
        let seen = await value.get();
        for (;;) {
          const before = await value.compareExchange(seen, seen + 1);
          if (before === seen) break;
          seen = before;
        }
      }
      count(cells, me);
    }
  },
});
