/**
 * A line of participants that wait, in the family's memory: one place for each wait.
 *
 *     first │ end │ place │ place │ …          a place names a participant; 0: it has left
 *
 * - The places are used round and round; each change is one store.
 * - Who has left or is dead is passed over. A line that is full takes nobody in: the waiter tries again at the next ring.
 * - For the holder of the latch that guards it.
 */
import type { Family } from "./family.ts";
import type { Words } from "./words.ts";

const HEAD = { first: 0, end: 1, places: 4 } as const;
/** How many places there are, a power of two. */
const PLACES = 256;

/** How many words a line takes. */
export const LINE_SIZE: number = HEAD.places + PLACES;

/** See the head of this file. */
export class Line {
  readonly #family: Family;
  readonly #words: Words;
  readonly #at: number;

  constructor(family: Family, at: number) {
    this.#family = family;
    this.#words = family.words;
    this.#at = at;
  }

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.first === 0;
  }

  /** The participant whose wait is the longest; 0: nobody. */
  get first(): number {
    const { words } = this.#words;
    const end = words[this.#at + HEAD.end]!;
    let first = words[this.#at + HEAD.first]!;
    const before = first;
    let found = 0;
    for (let left = PLACES; first !== end && left > 0; left--) {
      const who = words[this.#placeAt(first)]!;
      if (who !== 0 && this.#family.participants.isAlive(who)) {
        found = who;
        break;
      }
      first = (first + 1) | 0;
    }
    if (first !== before) this.#words.store(this.#at + HEAD.first, first);
    return found;
  }

  /** Takes this process in; returns its place, or `null` if the line is full. */
  enter(): number | null {
    const { words } = this.#words;
    const end = words[this.#at + HEAD.end]!;
    void this.first; // passes over those who have left
    if (((end - words[this.#at + HEAD.first]!) | 0) >= PLACES) return null;
    this.#words.store(this.#placeAt(end), this.#family.me);
    this.#words.store(this.#at + HEAD.end, (end + 1) | 0);
    return end;
  }

  /** Whether that place of this process's is the first. */
  isFirst(place: number): boolean {
    return this.first === this.#family.me && this.#words.words[this.#at + HEAD.first] === place;
  }

  /** Gives a place up. */
  leave(place: number): void {
    if (this.#words.words[this.#placeAt(place)] === this.#family.me) {
      this.#words.store(this.#placeAt(place), 0);
    }
  }

  /** How many wait. */
  count(): number {
    let count = 0;
    for (const _ of this.all()) count++;
    return count;
  }

  /** The participants, once for each of their places. */
  *all(): Generator<number> {
    const { words } = this.#words;
    const end = words[this.#at + HEAD.end]!;
    let left = PLACES; // whatever stands here
    for (let place = words[this.#at + HEAD.first]!; place !== end && left-- > 0;) {
      const who = words[this.#placeAt(place)]!;
      if (who !== 0 && this.#family.participants.isAlive(who)) yield who;
      place = (place + 1) | 0;
    }
  }

  #placeAt(place: number): number {
    return this.#at + HEAD.places + (place & (PLACES - 1));
  }
}
