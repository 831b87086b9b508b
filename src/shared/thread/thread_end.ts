/** What a thread says and does at its own end. A part that is not loaded has nothing to do then. */
import { store } from "../memory/words.ts";
import { unpark } from "../parking/parking_lot.ts";
import { isRegistered, SLOT, slotOf } from "./thread_slot.ts";

/** What a part of this thread does at its end. */
export interface EndHook {
  /** The objects of this part that the thread holds: a waiter for one gets an error. */
  held(): object[];
  /** Gives up what this part has in shared memory; nothing shared is used after. */
  release(): void;
}

const hooks: EndHook[] = [];

/** Has a part take part in the end of this thread. */
export function onThreadEnd(hook: EndHook): void {
  hooks.push(hook);
}

/** The objects that this thread holds. */
export function heldAtEnd(): object[] {
  return hooks.flatMap((hook) => hook.held());
}

/** Gives up all that this thread has in shared memory. */
export function releaseAtEnd(): void {
  for (const hook of hooks) hook.release();
}

/** Says that a thread has ended: its joiners go on. It may still have something to clear up. */
export function announceEnd(thread: number): void {
  if (!isRegistered(thread)) return;
  const running = slotOf(thread) + SLOT.running;
  store(running, 0);
  unpark(running);
}
