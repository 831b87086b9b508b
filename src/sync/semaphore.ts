import { Guard } from "../core/guard.ts";
import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/**
 * So many permits, which nobody owns.
 *
 * | state     | tryAcquire | enqueue | release                            | granted, not taken       |
 * | --------- | ---------- | ------- | ---------------------------------- | ------------------------ |
 * | value > 0 | value − 1  | –       | value + 1; above the bound: error  | –                        |
 * | value 0   | null       | waits   | the first waiter's, or value 1     | next waiter, or value 1  |
 */
export class SemaphoreState implements Granter<Guard | null> {
  readonly #waiters = new WaiterList<Guard | null>();
  #value: number;
  /** How many permits may be free at most. */
  bound = Infinity;

  /** Makes one with `value` permits. */
  constructor(value: number) {
    this.#value = value;
  }

  /** How many permits are free. */
  get value(): number {
    return this.#value;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Takes a permit if one is free; `null` if not. */
  tryAcquire(): Guard | null {
    if (this.#value === 0) return null;
    this.#value--;
    return new Guard(this);
  }

  /** Adds a waiter; only when `tryAcquire` gave `null`. */
  enqueue(waiter: Waiter<Guard | null>): void {
    this.#waiters.push(waiter);
  }

  /**
   * Gives `count` permits back: to those that have waited longest, the rest are free.
   *
   * @throws {RangeError} if more permits were free than the bound allows; then nothing has changed.
   */
  release(count = 1): void {
    if (this.#value + count > this.bound) {
      throw new RangeError(
        `Cannot release the BoundedSemaphore: it was released too many times, ${this.#value} of ${this.bound} permits are free; release once for each acquire`,
      );
    }
    while (count > 0 && this.#waiters.size > 0) {
      this.#passOn();
      count--;
    }
    this.#value += count;
  }

  /** For a waiter. */
  expired(): null {
    return null;
  }

  /** For a waiter. */
  returned(): void {
    this.#passOn();
  }

  #passOn(): void {
    const next = this.#waiters.shift();
    if (next === null) this.#value++;
    else next.grant(new Guard(this));
  }
}
