/**
 * Who has opened a ring, but for its owner: a bit for each slot of participants.
 *
 * The processes that the nodes of the family know to have ended may run for a moment longer, when their parent was killed. So the
 * memory of a ring is given back only when each of its users has said that it is done with it, or is dead.
 */
import type { Family } from "./family.ts";
import type { Words } from "./words.ts";
import { USER_WORDS } from "./ring_layout.ts";

/** How often each was entered here, by its address. */
const entered = new Map<number, number>();

/** See the head of this file. */
export class RingUsers {
  readonly #family: Family;
  readonly #words: Words;
  readonly #at: number;

  constructor(family: Family, at: number) {
    this.#family = family;
    this.#words = family.words;
    this.#at = at;
  }

  /** Says that this process uses the ring; to be taken back by {@link RingUsers.leave} as often. */
  enter(): void {
    entered.set(this.#at, (entered.get(this.#at) ?? 0) + 1);
    // Whatever was entered before: that may have been another ring, whose owner is dead.
    const { slot } = this.#family.participants;
    this.#words.setBits(this.#at + (slot >> 5), 1 << (slot & 31));
  }

  /** Says that this process will not touch the ring any more; of one that is gone only its count is kept right. */
  leave(isGone: boolean): void {
    const left = (entered.get(this.#at) ?? 0) - 1;
    if (left > 0) {
      entered.set(this.#at, left);
      return;
    }
    entered.delete(this.#at);
    const { slot } = this.#family.participants;
    if (!isGone) this.#words.clearBits(this.#at + (slot >> 5), 1 << (slot & 31));
  }

  /** Whether a living process may still touch the ring. */
  get any(): boolean {
    for (let word = 0; word < USER_WORDS; word++) {
      const bits = this.#words.load(this.#at + word);
      for (let bit = 0; bits !== 0 && bit < 32; bit++) {
        const isSet = (bits >>> bit & 1) !== 0;
        if (isSet && this.#family.participants.isTaken(word * 32 + bit)) return true;
      }
    }
    return false;
  }
}
