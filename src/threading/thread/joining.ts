import { realClock } from "../../core/clock.ts";
import type { Deadline } from "../../core/deadline.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../../shared/parking/waiting.ts";
import { isRunning, SLOT, slotOf } from "../../shared/thread/thread_slot.ts";

/**
 * Waits until a thread has ended or the time is up.
 *
 * Every thread announces its end on a word of its slot, so nobody's event loop is needed.
 */
export function* joining(thread: number, what: string, bounds: Bounds): Waiting<void> {
  const slot = slotOf(thread);
  while (isRunning(thread)) {
    const how = yield {
      at: slot + SLOT.running,
      expected: 1,
      ...bounds,
      kind: WaitKind.join,
      owner: slot + SLOT.owner,
    };
    if (how === "timedOut") return;
    throwIfEnded(how, what, bounds);
  }
}

/** How long `join()` waits for the worker behind an ended thread, in milliseconds. */
const GRACE = 50;

/**
 * Waits until the worker of an ended thread is gone, so that whoever has joined finds nothing left over; but
 * not for long: it may still wait for threads of its own, and those were not joined.
 */
export async function shortly(gone: PromiseLike<unknown>, deadline: Deadline): Promise<void> {
  const enough = Promise.withResolvers<void>();
  const timer = realClock.setTimer(enough.resolve, Math.min(GRACE, deadline.remaining()));
  await Promise.race([gone, enough.promise]);
  timer.cancel();
}
