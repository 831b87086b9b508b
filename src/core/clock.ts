/**
 * The one door to time. Everything that waits for time to pass asks here, so that a test can put a
 * virtual clock in its place (`@quartet/concurrency/testing`).
 */

import { addLiveSource, onNextThread } from "./parts.ts";

/** A call that is due at some moment. */
export interface ClockTimer {
  /** Takes the call back; after it ran, nothing happens. */
  cancel(): void;
}

/** A source of time. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `fn` once after `delay` milliseconds; below 0 as after none. */
  setTimer(fn: () => void, delay: number): ClockTimer;
  /** How many timers are to come, for a clock that knows all that can happen in its time; `Infinity` while it is held. */
  readonly pending?: number;
}

/** The longest delay that the platform's timers take; longer ones fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

let armed = 0;

addLiveSource("timer", () => Array.from({ length: armed }, () => "armed"));

class RealTimer implements ClockTimer {
  #id: ReturnType<typeof setTimeout>;
  #fn: (() => void) | null;

  constructor(fn: () => void, delay: number) {
    armed++;
    this.#fn = fn;
    this.#id = this.#arm(Math.max(0, delay)); // the platform warns of one below 0
  }

  #arm(delay: number): ReturnType<typeof setTimeout> {
    if (delay <= LONGEST_DELAY) return setTimeout(() => this.#disarm()?.(), delay);
    return setTimeout(() => this.#id = this.#arm(delay - LONGEST_DELAY), LONGEST_DELAY);
  }

  /** Counts the timer out once and returns what was to be called. */
  #disarm(): (() => void) | null {
    const fn = this.#fn;
    if (fn !== null) armed--;
    this.#fn = null;
    return fn;
  }

  cancel(): void {
    if (this.#disarm() !== null) clearTimeout(this.#id);
  }
}

/** The platform's own time. */
export const realClock: Clock = {
  now: () => performance.now(),
  setTimer: (fn, delay) => new RealTimer(fn, delay),
};

let clock: Clock = realClock;

onNextThread(() => {
  clock = realClock;
});

/** Milliseconds since some fixed moment, by the clock in place. */
export function now(): number {
  return clock.now();
}

/** Calls `fn` once after `delay` milliseconds of the clock in place. */
export function setTimer(fn: () => void, delay: number): ClockTimer {
  return clock.setTimer(fn, delay);
}

/** How many timers are to come, if the clock in place knows all that can happen; else `undefined`. */
export function pendingTimers(): number | undefined {
  return clock.pending;
}

/** Puts `next` in place and returns the clock that was there. */
export function installClock(next: Clock): Clock {
  const before = clock;
  clock = next;
  return before;
}

/** Milliseconds since the epoch by the platform's own steady clock: comparable between threads and processes. */
export function epochTime(): number {
  return performance.timeOrigin + performance.now();
}

/** Calls `fn` after `delay` milliseconds of real time unless the program has ended by then: it keeps nothing alive. */
export function setBackgroundTimer(fn: () => void, delay: number): ClockTimer {
  const id = setTimeout(fn, delay);
  Deno.unrefTimer(id as unknown as number);
  return { cancel: () => clearTimeout(id) };
}

let nextTurn: ((fn: () => void) => void) | null = null;

/**
 * Calls `fn` in the platform's next turn: after every promise reaction that is in line, before any time passes.
 *
 * No virtual clock takes its place: it is how one lets the running code come to its next wait.
 */
export function setSoon(fn: () => void): void {
  // Looked up at the first call: to name it costs a starting thread four milliseconds.
  nextTurn ??= (globalThis as { setImmediate?: (fn: () => void) => void }).setImmediate ??
    ((fn) => setTimeout(fn, 0));
  nextTurn(fn);
}
