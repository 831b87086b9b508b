/** Targets for tests of children of children. */
import { portable, Process } from "@quartet/concurrency/multiprocessing";
import type { Lock, Queue } from "@quartet/concurrency/multiprocessing";

export const grandchild = portable(import.meta, {
  async holds(lock: Lock, held: Queue<boolean>): Promise<void> {
    await lock.acquire();
    await held.put(true);
    await new Promise(() => {});
  },
  async startsOneThatHolds(lock: Lock, held: Queue<boolean>): Promise<void> {
    await new Process({ target: grandchild.holds, args: [lock, held] }).start().join();
  },
});
