/** What is done when a thread has ended: nobody may wait for it, or for what it holds, forever. */
import { add, compareExchange, HEADER, load, reach, store, wordView } from "../memory/words.ts";
import { free } from "../memory/heap.ts";
import { heirOf } from "../memory/memory.ts";
import {
  delist,
  NODE,
  ORPHANED,
  ownerIn,
  REFUSED,
  unpark,
  wakeOrphans,
} from "../parking/parking_lot.ts";
import { threadMemory } from "../parking/thread_memory.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { handOver } from "../sync/mutex.ts";
import { announceEnd } from "./stop_word.ts";
import { isRegistered, SLOT, slotOf } from "./thread_slot.ts";

/**
 * Gives back the slot of a thread that has ended, however it ended; once is enough, twice does no harm.
 *
 * Wakes its joiners and the waiters for what it still holds. The thread must not run any more.
 */
export function retireThread(thread: number): void {
  if (!isRegistered(thread)) return;
  abandonWaits(thread);
  announceEnd(thread);
  compareExchange(HEADER.lookout, thread, 0);
  store(slotOf(thread) + SLOT.thread, 0);
  wakeOrphans();
}

/**
 * Gives what a wait of an ended thread was chosen for to the next in line: the wake-up; or, where to be chosen is
 * to be given it, the lock or the permit. Behind the words of a lock and of a semaphore stands whether it is fair.
 */
function passOn(at: number, kind: number, thread: number): void {
  const isLock = kind === WaitKind.lock || kind === WaitKind.rlock;
  const isFair = (isLock || kind === WaitKind.semaphore) && load(at + 1) === 1;
  if (!isFair) unpark(at, 1);
  else if (kind === WaitKind.semaphore) unpark(at, 1, (chosen) => add(at, 1 - chosen));
  else if (ownerIn(load(at)) === thread) handOver(threadMemory, at);
}

/**
 * Ends the asynchronous waits of a thread that is gone. One that was chosen and never knew passes its
 * wake-up on: no wake-up is lost because a thread died in the moment of it.
 */
function abandonWaits(thread: number): void {
  if (!isRegistered(thread)) return;
  let node = load(slotOf(thread) + SLOT.waits);
  while (node !== 0) {
    reach(node + NODE.size);
    const later = wordView()[node + NODE.later]!;
    const at = wordView()[node + NODE.address]!;
    const owes = wordView()[node + NODE.owes]!;
    const turnedAway = (load(node + NODE.signal) & (REFUSED | ORPHANED)) !== 0;
    const kind = wordView()[node + NODE.kind]!;
    const owner = wordView()[node + NODE.owner]!;
    const chosen = !delist(node);
    const heir = heirOf(kind);
    if (heir !== undefined && !turnedAway) {
      heir(threadMemory, { at, owner, identity: thread, chosen });
    } else if (chosen && !turnedAway) passOn(at, kind, thread);
    if (owes !== 0) unpark(owes, 1);
    free(node, NODE.size);
    node = later;
  }
  store(slotOf(thread) + SLOT.waits, 0);
}
