/**
 * A flag on one word: what `Event` waits for.
 *
 *     word   meaning     set()                          clear()
 *     0      not set     to 1, then wakes all waiters   –
 *     1      set         wakes none: none waits         to 0
 *
 * A waiter that was woken is through, also when the word is 0 again by then.
 */
import { type Memory, onAbandoned } from "../memory/memory.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";

/** Whether it is set. */
export function isSet(memory: Memory, flag: number): boolean {
  return memory.load(flag) === 1;
}

/** Sets it and wakes all waiters. */
export function set(memory: Memory, flag: number): void {
  memory.store(flag, 1);
  memory.unpark(flag);
}

/** Takes it down. */
export function clear(memory: Memory, flag: number): void {
  memory.store(flag, 0);
}

/** Waits until it is set; `false` when the deadline passed. */
export function* untilSet(
  memory: Memory,
  flag: number,
  what: string,
  bounds: Bounds,
  blocking: boolean,
): Waiting<boolean> {
  if (isSet(memory, flag)) return true;
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

// A set wakes all: of what a dead waiter was chosen for, nothing is left for others.
onAbandoned(WaitKind.event, () => {});
