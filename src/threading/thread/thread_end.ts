/**
 * What a thread does when its work is done, on its own side.
 *
 *     work done ─▶ result sent ─▶ announced: its joiners go on
 *                              ─▶ its own threads that are not daemons end first
 *                              ─▶ what it still holds is reported, its places in memory are given up
 *                              ─▶ goodbye, and the worker closes
 */
import { announceEnd, heldAtEnd, releaseAtEnd } from "../../shared/thread/thread_end.ts";
import { me, threadName } from "../../shared/thread/thread_slot.ts";

const children = new Set<Promise<unknown>>();

/** Has the end of this thread wait for `ended`, which is that of a thread that it started. */
export function waitAtEnd(ended: Promise<unknown>): void {
  const child = ended.finally(() => children.delete(child));
  children.add(child);
}

/** Ends this thread, but for the worker itself. */
export async function endThread(): Promise<void> {
  reportHeld();
  announceEnd(me);
  while (children.size > 0) await Promise.allSettled(children);
  releaseAtEnd();
}

/** Ends a thread that closes itself in the middle of its work. */
export function abandonThread(): void {
  reportHeld();
  announceEnd(me);
  releaseAtEnd();
}

function reportHeld(): void {
  for (const held of heldAtEnd()) {
    console.error(
      `Thread ${JSON.stringify(threadName(me))} ended while holding a ${held.constructor.name}: ` +
        `who waits for it fails with DeadlockError. Release with "using" or try … finally.`,
    );
  }
}
