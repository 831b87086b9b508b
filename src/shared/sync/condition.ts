/**
 * A line of waiters for something that a lock protects.
 *
 *     a waiter      in line, then it lets go of the lock     sleeps     takes the lock back     goes on
 *     a notifier    has the lock, changes something          chooses the first in line          lets go
 *
 * - Only in line does a waiter let go: a notify from then on finds it there.
 * - The line's word is 0 for good: what a waiter waits for stands elsewhere, behind the lock.
 * - A chosen waiter that never gets the lock back owes the notification to the next in line.
 */
import type { Memory } from "../memory/memory.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";

/** The lock of a condition, as one that waits gives it up and takes it back. */
export interface Relockable {
  /** Lets go of it altogether. */
  unwind(): void;
  /** Takes back what was let go, whatever happens meanwhile. `owes`: the line that gets the wake-up if this thread ends. */
  rewind(owes: number): Waiting<void>;
}

/** Waits to be chosen from the line, without the lock meanwhile; `false` when the deadline passed. */
export function* untilNotified(
  memory: Memory,
  line: number,
  lock: Relockable,
  what: string,
  bounds: Bounds,
): Waiting<boolean> {
  let left = false;
  const how = yield {
    at: line,
    expected: 0,
    deadline: bounds.deadline,
    signal: bounds.signal,
    kind: WaitKind.condition,
    enlisted: () => {
      left = true;
      lock.unwind();
    },
  };
  if (left) {
    // Notified, and not there to hear it if this fails or the thread ends: then the next one is.
    const owes = how === "woken" ? line : 0;
    try {
      yield* lock.rewind(owes);
    } catch (error) {
      if (owes !== 0) memory.unpark(owes, 1);
      throw error;
    }
  }
  throwIfEnded(how, what, bounds);
  return how === "woken";
}

/** Wakes up to `n` (by default all) of the waiters in the line, those first who came first. */
export function notify(memory: Memory, line: number, n?: number): void {
  memory.unpark(line, n);
}
