/**
 * The control block of a queue between threads, and the latches of its two sides.
 *
 *     0..15   for all: what it is, whether it is shut, what is done
 *     16..31  the side of the puts                a cache line of its own for each side, so that putting
 *     32..47  the side of the gets                and getting threads do not slow each other down
 *     48..63  the words to sleep on
 *
 * A side's word holds everything that has to change at once, so that publishing an item, letting go of
 * the side and seeing whether anybody waits is one atomic operation:
 *
 *     bit 0   the side is taken                   bit 2      somebody may be parked for what this side does
 *     bit 1   others sleep for the side           bits 3..   how many items have been put (got), modulo 2^29
 *
 * | sleeper            | before it parks                          | who wakes it                              |
 * |--------------------|------------------------------------------|-------------------------------------------|
 * | empty, wants to get| notes `ITEMS`, sets bit 2 of the put side, looks again | a put that sees the bit: clears it, changes `ITEMS`, wakes one, sets the bit again if there was one |
 * | full, wants to put | the same with `ROOM` and the get side    | a get that sees the bit: likewise         |
 *
 * Either the sleeper's second look sees the change, or the thread that made it sees the bit. A woken one tries
 * before it gives up, so no wake-up is lost.
 */
import { add, clearBits, compareExchange, load, pause, setBits } from "../shared/memory/words.ts";
import { futexWait, futexWake } from "../shared/parking/futex.ts";
import { unpark } from "../shared/parking/parking_lot.ts";

/** Words of the control block. */
export const Q = {
  maxsize: 1,
  /** 0 open, 1 shut down, 2 shut down at once. */
  shut: 2,
  /** Items that `taskDone()` was called for, modulo 2^29. */
  done: 3,
  /** The address of the items and how many cells there are. */
  store: 4,
  cells: 5,
  put: 16,
  /** Where the next item goes, and how many were got when the putting side looked last. */
  tail: 17,
  knownGot: 18,
  knownHead: 19,
  get: 32,
  /** Where the next item is, and how many were put when the getting side looked last. */
  head: 33,
  knownPut: 34,
  items: 48,
  room: 56,
  size: 64,
} as const;

const TAKEN = 1, SLEPT_FOR = 2, WAITED_FOR = 4;

/** One item more on a side's word. */
export const ONE = 8;
/** Counts are compared modulo this. */
export const COUNTS = 2 ** 29;

const SPINS = 100;
/** A sleeper looks again after so many milliseconds, whatever happens. */
const LOOK_AGAIN = 20;

/** The count on a side's word. */
export function countOf(word: number): number {
  return word >>> 3;
}

/** How many more `a` is than `b`, as counts. */
export function ahead(a: number, b: number): number {
  return (a - b) & (COUNTS - 1);
}

/** Takes a side: a few instructions follow, then {@link leaveSide}. Returns its word. */
export function takeSide(side: number): number {
  const word = load(side);
  if ((word & TAKEN) === 0 && compareExchange(side, word, word | TAKEN) === word) return word;
  return takeSlowly(side);
}

function takeSlowly(side: number): number {
  for (let tries = 0;; tries++) {
    const word = load(side);
    if ((word & TAKEN) === 0) {
      if (compareExchange(side, word, word | TAKEN) === word) return word;
    } else if (tries < SPINS) {
      pause();
    } else if ((word & SLEPT_FOR) !== 0 || compareExchange(side, word, word | SLEPT_FOR) === word) {
      futexWait(side, word | SLEPT_FOR, LOOK_AGAIN);
    }
  }
}

/** Lets go of a side, having put or got `items`; wakes the sleepers on `line` that this concerns. */
export function leaveSide(side: number, items: number, line: number): void {
  const word = add(side, items * ONE - TAKEN);
  if ((word & (SLEPT_FOR | WAITED_FOR)) !== 0) wakeFor(side, items, line, word);
}

function wakeFor(side: number, items: number, line: number, word: number): void {
  if ((word & SLEPT_FOR) !== 0) {
    clearBits(side, SLEPT_FOR);
    futexWake(side);
  }
  if ((word & WAITED_FOR) === 0 || items === 0) return;
  clearBits(side, WAITED_FOR);
  add(line, 1);
  if (unpark(line, items) > 0) setBits(side, WAITED_FOR);
}

/** Counts `items` more as done. */
export function noteDone(done: number, items: number): void {
  while (true) {
    const before = load(done);
    if (compareExchange(done, before, (before + items) & (COUNTS - 1)) === before) return;
  }
}

/** Says that somebody is about to park for what this side does. Look again before the park. */
export function noteWaiter(side: number): void {
  setBits(side, WAITED_FOR);
}

/** Wakes the next that sleeps on `line`: whoever was woken could not do what it was woken for. */
export function wakeNext(line: number): void {
  add(line, 1);
  unpark(line, 1);
}

/** Wakes all who sleep on `line`, for a reason that they will find. */
export function wakeAll(line: number): void {
  add(line, 1);
  unpark(line);
}
