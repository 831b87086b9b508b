/**
 * Latches in the family's memory: for sections of a few instructions, as those of `shared/parking/futex.ts`.
 *
 *     word      meaning                      what changes it
 *     0         free                         the holder, when it lets go; whoever finds the holder dead
 *     n         held by participant n        whoever finds 0
 *     n, sign   held, others may sleep       whoever found it held
 *
 * A participant notes which latch it is about to take, so that it is found when it dies; it takes one at a time. What a latch
 * guards must be whole after each single store, as it is found like that by the next who takes it.
 */
import { pause } from "../../shared/memory/words.ts";
import type { LastingMapping } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import type { Words } from "./words.ts";

/** Marks that others may sleep. */
const SIGN = 1 << 31;
/** How often the word is looked at before its process sleeps; with one processor it would see nothing new. */
const SPINS = navigator.hardwareConcurrency > 1 ? 256 : 0;
/** The longest sleep before it is looked whether the holder is dead, in milliseconds. */
const SLICE = 50;

/** See the head of this file. */
export class Latches {
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #participants: Participants;
  readonly #me: number;
  /** Where this process notes what it takes. */
  readonly #noted: number;

  constructor(words: Words, mapping: LastingMapping, participants: Participants) {
    this.#words = words;
    this.#mapping = mapping;
    this.#participants = participants;
    this.#me = participants.me;
    this.#noted = participants.latchOf(participants.me);
    participants.onDeath((participant) => this.#releaseOf(participant));
  }

  /** Takes the latch at `at`. */
  acquire(at: number): void {
    this.#words.store(this.#noted, at);
    if (this.#words.compareExchange(at, 0, this.#me) !== 0) this.#acquireHeld(at);
  }

  /** Lets go of the latch at `at`. */
  release(at: number): void {
    if (this.#words.swap(at, 0) < 0) this.#wake(at);
    this.#words.store(this.#noted, 0);
  }

  #acquireHeld(at: number): void {
    for (let i = 0; i < SPINS; i++) {
      pause();
      if (this.#words.load(at) === 0 && this.#words.compareExchange(at, 0, this.#me) === 0) return;
    }
    for (;;) {
      const held = this.#words.load(at);
      // Who has slept does not know whether others still do.
      if (held === 0) {
        if (this.#words.compareExchange(at, 0, this.#me | SIGN) === 0) return;
        continue;
      }
      const marked = held | SIGN;
      if (held !== marked && this.#words.compareExchange(at, held, marked) !== held) continue;
      this.#mapping.futexWait(this.#mapping.address + at * 4, marked, SLICE);
      if (this.#words.load(at) === marked) this.#participants.sweep();
    }
  }

  /** Frees what a participant had that has died. */
  #releaseOf(participant: number): void {
    const at = this.#words.load(this.#participants.latchOf(participant));
    if (!this.#words.has(at, 1)) return;
    if (this.#words.compareExchange(at, participant, 0) === participant) return;
    // Only a mark can have come in between, and it stays.
    if (this.#words.compareExchange(at, participant | SIGN, 0) === (participant | SIGN)) {
      this.#wake(at);
    }
  }

  #wake(at: number): void {
    this.#mapping.futexWake(this.#mapping.address + at * 4);
  }
}
