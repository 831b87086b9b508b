/** Looking again for some microseconds before going to sleep; see `shared/parking/spin.ts`, which does it between threads. */
import { pause } from "../../shared/memory/words.ts";

const LONGEST = 2048;
const SHORTEST = 16;
/** With one processor nobody can change anything while this process looks. */
const mayHelp = navigator.hardwareConcurrency > 1;

/** Learns how long it pays: a success lets the next one be longer, a failure shorter. */
export class Spin {
  #limit = 256;

  /** Looks until `ready` returns `true`; returns whether it did. */
  until(ready: () => boolean): boolean {
    if (!mayHelp) return false;
    for (let i = 0; i < this.#limit; i++) {
      pause();
      if (!ready()) continue;
      this.#limit = Math.min(LONGEST, this.#limit + (this.#limit >> 2) + 1);
      return true;
    }
    this.#limit = Math.max(SHORTEST, this.#limit - (this.#limit >> 2));
    return false;
  }
}
