/** One lock and one semaphore, waited for by blocking, with promises, for a time, and until a signal aborts, all mixed. */
import type { Lock, Semaphore, SharedArray } from "../../../src/multiprocessing/mod.ts";
import { portable } from "../../../src/wire/codec/portable.ts";
import { randomOf } from "../seeded_random.ts";

/** The cell that the lock guards, how many have a permit, and how often there were too many. */
export const CELLS = { guarded: 0, inside: 1, over: 2 } as const;
export const PERMITS = 2;

export const mixed = portable(import.meta, {
  /** Returns how often it had the lock. */
  async waits(
    lock: Lock,
    semaphore: Semaphore,
    cells: SharedArray,
    seed: number,
    times: number,
  ): Promise<number> {
    const random = randomOf(seed);
    let got = 0;
    const use = async (guard: Disposable | null): Promise<void> => {
      if (guard === null) return;
      using _held = guard;
      got++;
      const before = cells.get(CELLS.guarded);
      if (random(3) === 0) await null; // with the lock held
      cells.set(CELLS.guarded, before + 1);
    };
    const fiveTimes = (wait: () => Promise<Disposable | null>): Promise<unknown> =>
      Promise.all(Array.from({ length: 5 }, () => wait().then(use)));
    for (let i = 0; i < times; i++) {
      const how = random(5);
      if (how === 0) await use(lock.acquireSync());
      else if (how === 1) await use(lock.acquireSync({ timeout: random(3) }));
      else if (how === 2) await fiveTimes(() => lock.acquire({ timeout: random(4) }));
      else if (how === 3) await fiveTimes(() => lock.acquire());
      else {
        const controller = new AbortController();
        const reason = new Error("enough");
        const timer = setTimeout(() => controller.abort(reason), random(3));
        await fiveTimes(() =>
          lock.acquire({ signal: controller.signal }).catch((error) => {
            if (error !== reason) throw error;
            return null;
          })
        );
        clearTimeout(timer);
      }
      using _permit = random(2) === 0 ? semaphore.acquireSync() : await semaphore.acquire();
      if (cells.add(CELLS.inside, 1) >= PERMITS) cells.add(CELLS.over, 1);
      cells.add(CELLS.inside, -1);
    }
    return got;
  },
});
