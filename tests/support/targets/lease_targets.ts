/** What children do with a lock that their parent serves, and that they keep between their holds. */
import type { Lock, SharedArray } from "../../../src/multiprocessing/mod.ts";
// A child without permissions can load it only along with this module.
import "../../../src/multiprocessing/mod.ts";
import { createTask, run, sleep, waitFor } from "../../../src/asyncio/mod.ts";
import { CancelledError, NotOwnerError } from "../../../src/core/errors.ts";
import { portable } from "../../../src/wire/codec/portable.ts";
import { randomOf } from "../seeded_random.ts";

/** Where things stand in a shared array. */
export const Cell = { REACHED: 0, GO_ON: 1, GUARDED: 2, INSIDE: 3, TAKEN: 4 } as const;

async function holdTimes(lock: Lock, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await using _held = await lock.acquire();
  }
}

function spinUntilTold(cells: SharedArray): void {
  cells.set(Cell.REACHED, 1);
  while (cells.get(Cell.GO_ON) === 0);
}

/** One step under a lock, which would be lost if two did it at once. */
async function step(cells: SharedArray): Promise<void> {
  if (cells.add(Cell.INSIDE, 1) !== 0) throw new Error("two are inside");
  const before = cells.get(Cell.GUARDED);
  await null;
  cells.set(Cell.GUARDED, before + 1);
  cells.add(Cell.TAKEN, 1);
  cells.add(Cell.INSIDE, -1);
}

export const keepers = portable(import.meta, {
  /** Holds it so many times, and says when. */
  holdTimes,
  /** Holds it some times, then spins until it is told to go on, and holds it once more. */
  async holdAndSpin(lock: Lock, cells: SharedArray): Promise<void> {
    await holdTimes(lock, 5);
    spinUntilTold(cells);
    await holdTimes(lock, 1);
  },
  /** Spins while it holds it, kept since its hold before; then releases it. */
  async spinHolding(lock: Lock, cells: SharedArray): Promise<void> {
    await holdTimes(lock, 5);
    await using _held = await lock.acquire();
    spinUntilTold(cells);
  },
  /** Holds it again and again without a turn of its event loop, until it is told to stop. */
  async holdWithoutTurn(lock: Lock, cells: SharedArray): Promise<number> {
    let times = 0;
    while (cells.get(Cell.GO_ON) === 0) {
      await holdTimes(lock, 1);
      cells.set(Cell.REACHED, 1);
      times++;
    }
    return times;
  },
  /** Holds it and rests until it is killed; `isHeld`: after it has released it. */
  async keep(lock: Lock, cells: SharedArray, isHeld: boolean): Promise<void> {
    await holdTimes(lock, 5);
    if (isHeld) await lock.acquire();
    cells.set(Cell.REACHED, 1);
    await new Promise(() => setInterval(() => {}, 1_000));
  },
  /** Holds it until it is told; then releases it, and returns what came of that. */
  async releaseLate(lock: Lock, cells: SharedArray): Promise<string> {
    await holdTimes(lock, 5);
    await lock.acquire();
    spinUntilTold(cells);
    try {
      await lock.release();
      return "released";
    } catch (error) {
      if (error instanceof NotOwnerError) return error.name;
      throw error;
    }
  },
  /** Takes so many steps under the lock, by some tasks that give up acquires at random. */
  async stepFitfully(lock: Lock, cells: SharedArray, steps: number, seed: number): Promise<void> {
    const random = randomOf(seed);
    let taken = 0;
    const under = async (timeout?: number): Promise<void> => {
      await using held = await lock.acquire({ timeout });
      if (held === null) return;
      await step(cells);
      taken++;
    };
    const worker = async (): Promise<void> => {
      while (taken < steps) {
        try {
          switch (random(8)) {
            case 0:
              await under(random(2));
              break;
            case 1: {
              const task = createTask(() => under());
              for (let hops = random(6); hops > 0; hops--) await null;
              if (random(2) === 0) await sleep(random(2));
              task.cancel();
              await task;
              break;
            }
            case 2:
              await waitFor(under(), random(3) + 1);
              break;
            case 3:
              await sleep(random(2));
              break;
            default:
              await under();
          }
        } catch (error) {
          if (!(error instanceof CancelledError || (error as Error).name === "TimeoutError")) {
            throw error;
          }
        }
      }
    };
    await run(() => Promise.all(Array.from({ length: 1 + random(2) }, worker)));
  },
});
