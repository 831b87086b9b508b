/**
 * Sleeping on a word and waking its sleepers: the platform's futex, and the latch made of it.
 *
 * Everything above waits by way of the parking lot (`parking_lot.ts`), which is built on this and knows
 * every wait by name. Only the lot and the heap use these directly, for sections of a few instructions.
 */
import { compareExchange, pause, swap, wordView } from "../memory/words.ts";

/** Blocks this thread while the word at `at` is `expected`, at most `timeout` milliseconds. */
export function futexWait(at: number, expected: number, timeout: number): void {
  Atomics.wait(wordView(), at, expected, timeout);
}

/** Resolves when the word at `at` is woken or the time is up; `null` if it is not `expected`. Keeps no process alive. */
export function futexWaitAsync(
  at: number,
  expected: number,
  timeout = Infinity,
): Promise<unknown> | null {
  const sleep = Atomics.waitAsync(wordView(), at, expected, timeout);
  return sleep.async ? sleep.value : null;
}

/** Wakes the sleepers of the word at `at`, the longest sleeping first. */
export function futexWake(at: number, count = Infinity): void {
  Atomics.notify(wordView(), at, count);
}

/** How often a latch is tried before its thread sleeps: the sections that it guards are short. */
const LATCH_SPINS = 64;

/**
 * Takes the latch at `at`.
 *
 *     word   meaning                      who changes it
 *     0      free                         the holder, when it lets go
 *     1      held                         whoever finds 0
 *     2      held, others may sleep       whoever found it held
 *
 * For sections that cannot fail and call nothing foreign: a latch knows no owner, deadline or stop.
 * Source: Ulrich Drepper, "Futexes Are Tricky", mutex 2.
 */
export function acquireLatch(at: number): void {
  if (compareExchange(at, 0, 1) === 0) return;
  for (let i = 0; i < LATCH_SPINS; i++) {
    pause();
    if (compareExchange(at, 0, 1) === 0) return;
  }
  while (swap(at, 2) !== 0) futexWait(at, 2, Infinity);
}

/** Lets go of the latch at `at`. */
export function releaseLatch(at: number): void {
  if (swap(at, 0) === 2) futexWake(at, 1);
}
