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

/** How long spinning pays, as it was learned so far. */
export class Spin {
  #limit = 128;

  /** Spins until `changed` returns `true`; returns whether it did. */
  until(changed: () => boolean): boolean {
    for (let i = 0; i < this.#limit; i++) {
      pause();
      if (!changed()) continue;
      this.#limit = Math.min(LONGEST, this.#limit + (this.#limit >> 2) + 1);
      return true;
    }
    this.#limit = Math.max(SHORTEST, this.#limit - (this.#limit >> 2));
    return false;
  }
}

const spin = new Spin();

/** Spins while the word at `at` is `expected`; returns whether it changed. */
export function spinWhile(at: number, expected: number): boolean {
  if (load(HEADER.processors) < 2) return false;
  return spin.until(() => load(at) !== expected);
}
