import { show } from "../../core/check.ts";
import { type ClockTimer, now, setTimer } from "../../core/clock.ts";
import { Deque } from "../../core/collections/deque.ts";

/** How many jobs may begin in how long. */
export interface JobRate {
  /** How many jobs may begin within `interval`. */
  limit: number;
  /** The length of the interval in milliseconds; it slides: in none of that length begin more than `limit`. */
  interval: number;
}

/** Whether waiting jobs may begin: not while paused, and not faster than the rate. */
export class JobGate {
  readonly #rate: JobRate | null;
  readonly #onOpen: () => void;
  /** When the jobs of the last interval began. */
  readonly #begun = new Deque<number>();
  #isPaused = false;
  #timer: ClockTimer | null = null;

  /**
   * @param onOpen called when jobs may begin again.
   * @throws {RangeError} if the rate cannot be meant.
   */
  constructor(rate: JobRate | undefined, onOpen: () => void) {
    if (rate !== undefined) checkRate(rate);
    this.#rate = rate ?? null;
    this.#onOpen = onOpen;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
    this.rest();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#onOpen();
  }

  /** Whether a job may begin now; where the rate forbids it, `onOpen` is called once one may. */
  isOpen(): boolean {
    if (this.#isPaused) return false;
    if (this.#rate === null) return true;
    const { limit, interval } = this.#rate;
    const at = now();
    while (this.#begun.size > 0 && this.#begun.peek()! <= at - interval) this.#begun.shift();
    if (this.#begun.size < limit) return true;
    this.#timer ??= setTimer(() => {
      this.#timer = null;
      this.#onOpen();
    }, this.#begun.peek()! + interval - at);
    return false;
  }

  /** A job has begun. */
  enter(): void {
    if (this.#rate !== null) this.#begun.push(now());
  }

  /** Nothing waits: nobody has to be told when it opens. */
  rest(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}

function checkRate(rate: JobRate): void {
  if (typeof rate !== "object" || rate === null) {
    throw new TypeError(
      `Cannot use rate ${show(rate)}: give an object, as { limit: 10, interval: 1000 }`,
    );
  }
  const { limit, interval } = rate;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot use rate.limit ${show(limit)}: give a whole number of 1 or more`);
  }
  if (!Number.isFinite(interval) || interval <= 0) {
    throw new RangeError(
      `Cannot use rate.interval ${show(interval)}: give a number of milliseconds above 0`,
    );
  }
}
