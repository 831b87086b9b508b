/**
 * A flag on one word: what `Event` waits for.
 *
 *     word   meaning     set()                          clear()
 *     0      not set     to 1, then wakes all waiters   –
 *     1      set         wakes none: none waits         to 0
 *
 * A waiter that was woken is through, also when the word is 0 again by then.
 */
import { load, store } from "../memory/words.ts";
import { unpark } from "../parking/parking_lot.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";

/** Whether it is set. */
export function isSet(flag: number): boolean {
  return load(flag) === 1;
}

/** Sets it and wakes all waiters. */
export function set(flag: number): void {
  store(flag, 1);
  unpark(flag);
}

/** Takes it down. */
export function clear(flag: number): void {
  store(flag, 0);
}

/** Waits until it is set; `false` when the deadline passed. */
export function* untilSet(
  flag: number,
  what: string,
  bounds: Bounds,
  blocking: boolean,
): Waiting<boolean> {
  if (isSet(flag)) return true;
  const how = yield {
    at: flag,
    expected: 0,
    deadline: bounds.deadline,
    signal: bounds.signal,
    kind: WaitKind.event,
    spin: blocking,
  };
  throwIfEnded(how, what, bounds);
  return how !== "timedOut";
}
