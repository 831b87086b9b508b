/**
 * Spinning: looking again for some microseconds before going to sleep.
 *
 * Sleeping and being woken costs 5 to 40 µs, a change that comes soon is seen in a fraction of one. How
 * long it pays is learned: each success lets the next spin be longer, each failure shorter. With one
 * processor nobody can change the word while this thread spins, so it never does.
 */
import { HEADER, load, pause } from "../memory/words.ts";

/** How often it is looked at most, for another thread and for another process, whose every step takes longer. */
export const MOST_LOOKS = { thread: 1024, process: 2048 } as const;

/** How long spinning pays, as it was learned so far. */
export class Spin {
  readonly #longest: number;
  readonly #shortest: number;
  #limit: number;

  /** @param longest one of {@link MOST_LOOKS}. */
  constructor(longest: number) {
    this.#longest = longest;
    this.#shortest = longest / 128;
    this.#limit = longest / 8;
  }

  /** Spins until `changed` returns `true`; returns whether it did. */
  until(changed: () => boolean): boolean {
    for (let i = 0; i < this.#limit; i++) {
      pause();
      if (!changed()) continue;
      this.#limit = Math.min(this.#longest, this.#limit + (this.#limit >> 2) + 1);
      return true;
    }
    this.#limit = Math.max(this.#shortest, this.#limit - (this.#limit >> 2));
    return false;
  }
}

const spin = new Spin(MOST_LOOKS.thread);

/** Spins while the word at `at` is `expected`; returns whether it changed. */
export function spinWhile(at: number, expected: number): boolean {
  if (load(HEADER.processors) < 2) return false;
  return spin.until(() => load(at) !== expected);
}
