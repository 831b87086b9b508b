import {
  type Bounds,
  isRunning,
  SLOT,
  slotOf,
  throwIfEnded,
  type Waiting,
  WaitKind,
} from "../shared/mod.ts";

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
