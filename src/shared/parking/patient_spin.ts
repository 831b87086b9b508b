/**
 * Spinning before going to sleep, as `spin.ts`, where the waits themselves say that it pays (`patience.ts`).
 *
 * Two that send messages to and fro wait for each other in turn. If both sleep, each wait takes as long as it takes to wake two of
 * them, which is longer than either would spin; so none could learn by its spins that it pays if both do.
 *
 *     an event loop's turn    what changes it
 *     free                    a spin begins → held up
 *     held up                 a wait sleeps while the loop goes on → free; after a millisecond no spin begins, so the next one does
 */
import { realClock } from "../../core/clock.ts";
import { pause } from "../memory/words.ts";
import { Patience } from "./patience.ts";

/** The longest spin for another process, in milliseconds: as long as it takes to wake it and have it answer. */
export const LONGEST_FOR_PROCESS = 0.05;
/** How often it is looked before it is asked for the time. */
const LOOKS = 16;
/** So many milliseconds after the first spin of an event loop's turn no other one begins. */
const TURN = 1;

/** See the head of this file. */
export class PatientSpin {
  readonly #patience: Patience;
  /** When the event loop began to be held up; `null`: it is not. */
  #heldUp: number | null = null;
  /** How long the last spin took, if nothing changed in it: the wait that began with it sleeps. */
  #missed = 0;

  /** @param longest the longest spin, in milliseconds. */
  constructor(longest: number) {
    this.#patience = new Patience(longest);
  }

  /**
   * Spins until `changed` returns `true`, where that pays and for as long; returns whether it did.
   *
   * @param holdsUp whether an event loop is held up by it.
   */
  until(changed: () => boolean, holdsUp: boolean): boolean {
    if (this.#patience.look === 0) return false;
    const now = realClock.now();
    if (holdsUp) {
      this.#heldUp ??= now;
      if (now - this.#heldUp >= TURN) return false;
    }
    return this.#spin(changed, now);
  }

  /**
   * A wait was slept through that has slept since `since`.
   *
   * @param isFree whether the event loop went on meanwhile.
   */
  slept(since: number, isFree: boolean): void {
    this.#patience.slept(realClock.now() - since + this.#missed);
    this.#missed = 0;
    if (isFree) this.#heldUp = null;
  }

  #spin(changed: () => boolean, began: number): boolean {
    const end = began + this.#patience.look;
    let now = began;
    do {
      for (let i = 0; i < LOOKS; i++) {
        pause();
        if (!changed()) continue;
        this.#patience.found(realClock.now() - began);
        return true;
      }
      now = realClock.now();
    } while (now < end);
    this.#missed = now - began;
    this.#patience.missed(this.#missed);
    return false;
  }
}
