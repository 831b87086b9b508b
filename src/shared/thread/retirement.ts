/** What is done when a thread has ended: nobody may wait for it, or for what it holds, forever. */
import { abandonWaits } from "../parking/park_async.ts";
import { unpark, wakeOrphans } from "../parking/parking_lot.ts";
import { isRegistered, SLOT, slotOf } from "./thread_slot.ts";
import { store } from "../memory/words.ts";

/**
 * Gives back the slot of a thread that has ended, however it ended; once is enough, twice does no harm.
 *
 * Wakes who joins it and who waits for what it still holds. The thread must not run any more.
 */
export function retireThread(thread: number): void {
  if (!isRegistered(thread)) return;
  abandonWaits(thread);
  announceEnd(thread);
  store(slotOf(thread) + SLOT.thread, 0);
  wakeOrphans();
}

/** Says that a thread has ended: who joins it goes on. It may still have something to clear up. */
export function announceEnd(thread: number): void {
  if (!isRegistered(thread)) return;
  const running = slotOf(thread) + SLOT.running;
  store(running, 0);
  unpark(running);
}
