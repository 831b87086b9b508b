/**
 * Spinning: looking again for some microseconds before going to sleep.
 *
 * Sleeping and being woken costs 5 to 40 µs, a change that comes soon is seen in a fraction of one. How
 * long it pays is learned: each success lets the next spin be longer, each failure shorter. With one
 * processor nobody can change the word while this thread spins, so it never does.
 */
import { HEADER, load, pause } from "../memory/words.ts";

const LONGEST = 1024;
const SHORTEST = 8;

let limit = 128;

/** Spins while the word at `at` is `expected`; returns whether it changed. */
export function spinWhile(at: number, expected: number): boolean {
  if (load(HEADER.processors) < 2) return false;
  for (let i = 0; i < limit; i++) {
    pause();
    if (load(at) === expected) continue;
    limit = Math.min(LONGEST, limit + (limit >> 2) + 1);
    return true;
  }
  limit = Math.max(SHORTEST, limit - (limit >> 2));
  return false;
}
