/**
 * Permits that are taken and given back, on the words of a block.
 *
 *     word    what stands there
 *     VALUE   how many permits are free; its waiters stand in line for this word
 *     FAIR    1 if permits go to the waiters in the order in which they came
 *     BOUND   how many permits there are at most to give back; UNBOUND: any number
 *     OUT     bounded: how many were taken and not given back
 *
 *     free permits   take                give(n)
 *     > 0            takes one           adds n, wakes up to n
 *     0              waits in line       adds n, wakes up to n; fair: gives them to the first in line,
 *                                        and adds what is left
 *
 * A woken waiter tries before it gives up, so a wake-up is never lost; in a fair one it has its permit by then. One that waits
 * with a promise can stand in line though permits are free, behind as many waiters that were woken for them.
 *
 * Source: E. W. Dijkstra, "Cooperating Sequential Processes" (1965).
 */
import type { Memory } from "../memory/memory.ts";
import { WaitKind } from "../parking/wait_kind.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";

/** Where its words stand in its block, behind the counts. */
export const VALUE = 1, FAIR = 2, BOUND = 3, OUT = 4;
/** How many words the block has. */
export const SEMAPHORE_SIZE = 5;
/** The most permits that can be free. */
export const MOST_PERMITS: number = 2 ** 31 - 1;

const UNBOUND = -1;

/** Fills in a fresh block. */
export function initSemaphore(
  memory: Memory,
  at: number,
  value: number,
  fair: boolean,
  bounded: boolean,
): void {
  memory.store(at + VALUE, value);
  memory.store(at + FAIR, fair ? 1 : 0);
  memory.store(at + BOUND, bounded ? value : UNBOUND);
}

/** The most permits that may be out; `null` for any number. */
export function boundOf(memory: Memory, at: number): number | null {
  const bound = memory.load(at + BOUND);
  return bound === UNBOUND ? null : bound;
}

/** Takes a permit if one is free. */
export function tryTakePermit(memory: Memory, at: number): boolean {
  while (true) {
    const free = memory.load(at + VALUE);
    if (free <= 0) return false;
    if (memory.compareExchange(at + VALUE, free, free - 1) === free) return noteOut(memory, at);
  }
}

/**
 * Takes a permit, waiting as long as need be; `false` when the deadline passed.
 *
 * @param promised how many permits are free and as good as taken, by waiters that were woken.
 */
export function* takePermit(
  memory: Memory,
  at: number,
  what: string,
  bounds: Bounds,
  blocking: boolean,
  promised = 0,
): Waiting<boolean> {
  const fair = memory.load(at + FAIR) === 1;
  let expected = promised;
  while (true) {
    const how = yield {
      at: at + VALUE,
      expected,
      deadline: bounds.deadline,
      signal: bounds.signal,
      kind: WaitKind.semaphore,
      spin: blocking && !fair,
    };
    expected = 0;
    if (how === "woken" && fair ? noteOut(memory, at) : tryTakePermit(memory, at)) return true;
    if (how === "timedOut") return false;
    throwIfEnded(how, what, bounds);
  }
}

/**
 * Gives `n` permits back and wakes up to `n` of the waiters.
 *
 * @throws {RangeError} if a bounded one would have more than it began with, or any more than a word can count; nothing
 * has changed then.
 */
export function givePermits(memory: Memory, at: number, n: number): void {
  checkRoom(memory, at, n);
  const value = at + VALUE;
  if (memory.load(at + FAIR) === 1) {
    memory.unpark(value, n, (chosen) => memory.add(value, n - chosen));
  } else {
    memory.add(value, n);
    memory.unpark(value, n);
  }
}

/** Takes `n` off those that are out of a bounded one, before they are given back. */
function checkRoom(memory: Memory, at: number, n: number): void {
  const bound = boundOf(memory, at);
  if (bound === null) {
    if (memory.load(at + VALUE) <= MOST_PERMITS - n) return;
    throw new RangeError(
      `Cannot release ${n} permits: there would be more than ${MOST_PERMITS}; release fewer`,
    );
  }
  while (true) {
    const out = memory.load(at + OUT);
    if (out < n) {
      throw new RangeError(
        `Cannot release ${n} permits: the semaphore was released too many times, only ${out} of ${bound} are out`,
      );
    }
    if (memory.compareExchange(at + OUT, out, out - n) === out) return;
  }
}

/** A bounded one counts what is out, to know what may come back. */
function noteOut(memory: Memory, at: number): true {
  if (memory.load(at + BOUND) !== UNBOUND) memory.add(at + OUT, 1);
  return true;
}
