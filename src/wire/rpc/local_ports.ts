/**
 * All near ends of this thread, so that a thread that blocks can hear every worker at once.
 *
 * Each message to the near side is announced on one word of this thread, whichever worker sends it: one
 * place to sleep on.
 */
import { realClock } from "../../core/clock.ts";
import type { Deadline } from "../../core/deadline.ts";
import { allocate } from "../../shared/memory/heap.ts";
import { HEADER, load, pause } from "../../shared/memory/words.ts";
import { park } from "../../shared/parking/park.ts";
import { Patience } from "../../shared/parking/patience.ts";
import { stopAsked, stopped } from "../../shared/thread/stop_word.ts";

/** A near end that can take its messages without the event loop. */
export interface Drainable {
  /** Sends what waits for the end of the turn. */
  flush(): void;
  /** Takes all that has arrived. */
  drain(): void;
}

/** How often it is looked before it is asked for the time. */
const LOOKS = 16;

const ends = new Set<Drainable>();
/** Whether it pays this thread to look again before it sleeps. */
const patience = new Patience();
let word = 0;

/** The address of the word on which every message to this thread's near ends is announced. */
export function localWord(): number {
  if (word === 0) word = allocate(1);
  return word;
}

/** Adds a near end. */
export function addLocalPort(end: Drainable): void {
  ends.add(end);
}

/** Takes it out again. */
export function removeLocalPort(end: Drainable): void {
  ends.delete(end);
}

/** Blocks this thread, hearing all workers, until `enough()` or the deadline; returns which it was. */
export function hearUntil(enough: () => boolean, deadline: Deadline): boolean {
  const word = localWord();
  while (true) {
    const announced = load(word);
    for (const end of [...ends]) end.drain();
    for (const end of [...ends]) end.flush(); // last: what has arrived may have made room for more
    if (enough()) return true;
    if (deadline.passed) return false;
    const began = realClock.now();
    // Where one message follows another, no wait would come to the park that sees a stop.
    if (patience.look > 0 && !stopAsked() && look(word, announced, began)) continue;
    const parked = park(word, announced, { deadline });
    if (parked === "stopped") throw stopped("Waiting for a thread");
    patience.slept(realClock.now() - began);
  }
}

/** Looks for a while whether the word changes, before this thread sleeps; returns whether it has. */
function look(word: number, announced: number, began: number): boolean {
  if (load(HEADER.processors) < 2) return false;
  const end = began + patience.look;
  for (let now = began; now < end; now = realClock.now()) {
    for (let i = 0; i < LOOKS; i++) {
      if (load(word) === announced) {
        pause();
        continue;
      }
      patience.found(realClock.now() - began);
      return true;
    }
  }
  patience.missed(realClock.now() - began);
  return false;
}
