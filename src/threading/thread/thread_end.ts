/**
 * What a thread does when its work is done, on its own side.
 *
 *     work done ─▶ result sent ─▶ announced: its joiners go on
 *                              ─▶ its own threads that are not daemons end first
 *                              ─▶ what it still holds is reported, its places in memory are given up
 *                              ─▶ goodbye, and the worker closes
 *
 * A thread that ends by itself and leaves nothing behind leaves its worker free for another thread instead. The state of
 * the worker is a word that both sides see:
 *
 *     state   meaning                                set by             may become
 *     BUSY    a thread runs in it, or is to begin    near, by taking    FREE (far: its thread has ended)
 *     FREE    it waits for a thread                  far                BUSY (near), GONE (either)
 *     GONE    it is about to close                   far, or near
 *
 * FREE is left by one compare-exchange: so a thread is never given to a worker that is about to close.
 */
import { heldAtEnd, releaseAtEnd } from "../../core/parts.ts";
import { announceEnd } from "../../shared/thread/stop_word.ts";
import { load } from "../../shared/memory/words.ts";
import { me, SLOT, slotOf, threadName } from "../../shared/thread/thread_slot.ts";

/** The states of a worker. */
export const WorkerState = { BUSY: 0, FREE: 1, GONE: 2 } as const;

const children = new Set<Promise<unknown>>();

/** Has the end of this thread wait for `ended`, which is that of a thread that it started. */
export function waitAtEnd(ended: Promise<unknown>): void {
  const child = ended.finally(() => children.delete(child));
  children.add(child);
}

/** Whether this thread holds something, waits for something, was asked to stop, or has threads of its own that run. */
export function holdsAnything(): boolean {
  const slot = slotOf(me);
  return heldAtEnd().length > 0 || children.size > 0 || load(slot + SLOT.waits) !== 0 ||
    load(slot + SLOT.stop) !== 0;
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
