/** What processes do with a primitive until they are killed. Each counts what it has done in a cell of its own. */
import { BrokenBarrierError } from "../../../src/core/errors.ts";
import type {
  Barrier,
  Condition,
  Event,
  Lock,
  RLock,
  Semaphore,
  SharedArray,
} from "../../../src/multiprocessing/mod.ts";
import { portable } from "../../../src/wire/codec/portable.ts";

/** The cell that a lock guards; the cells of the victims follow. */
export const GUARDED = 0;

function count(cells: SharedArray, me: number): void {
  cells.add(me, 1);
}

export const victims = portable(import.meta, {
  async lock(lock: Lock | RLock, cells: SharedArray, me: number, later: boolean): Promise<void> {
    for (;;) {
      using _held = later ? await lock.acquire() : lock.acquireSync();
      cells.set(GUARDED, cells.get(GUARDED) + 1); // two steps: only the lock makes them one
      count(cells, me);
    }
  },

  async rlock(lock: RLock, cells: SharedArray, me: number, later: boolean): Promise<void> {
    for (;;) {
      using _outer = later ? await lock.acquire() : lock.acquireSync();
      using _inner = later ? await lock.acquire() : lock.acquireSync();
      cells.set(GUARDED, cells.get(GUARDED) + 1);
      count(cells, me);
    }
  },

  async semaphore(
    semaphore: Semaphore,
    cells: SharedArray,
    me: number,
    later: boolean,
  ): Promise<void> {
    for (;;) {
      using _permit = later ? await semaphore.acquire() : semaphore.acquireSync();
      count(cells, me);
    }
  },

  async event(event: Event, cells: SharedArray, me: number, later: boolean): Promise<void> {
    for (;;) {
      if (me === 1) event.set();
      else if (later) await event.wait();
      else event.waitSync();
      count(cells, me);
      if (me !== 1) event.clear();
    }
  },

  async condition(
    condition: Condition,
    cells: SharedArray,
    me: number,
    later: boolean,
  ): Promise<void> {
    const isFilled = (): boolean => cells.get(GUARDED) > 0;
    for (;;) {
      using _held = later ? await condition.acquire() : condition.acquireSync();
      if (later) await condition.waitFor(isFilled);
      else condition.waitForSync(isFilled);
      cells.set(GUARDED, cells.get(GUARDED) - 1);
      count(cells, me);
    }
  },

  async barrier(barrier: Barrier, cells: SharedArray, me: number, later: boolean): Promise<void> {
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
});
