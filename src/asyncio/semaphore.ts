import { Guard, WaitList, type WaitOptions } from "../core/mod.ts";
import { type Eventual, failed, settled } from "./eventual.ts";
import { LoopBinding } from "./loop_binding.ts";
import { checkBounds, type Place, type PlaceOwner, waitIn } from "./place.ts";

/** What a semaphore counts. */
export interface SemaphoreStatistics {
  /** How many permits are free. */
  readonly value: number;
  /** How many wait for one. */
  readonly waiting: number;
}

/**
 * So many tasks at a time.
 *
 * - First in, first out, also when permits come free while others ask anew.
 * - Taking a free permit does not let others run first.
 * - A waiter that is cancelled leaves; one that is cancelled after its permit was granted passes it on.
 * - May be released more often than acquired; `BoundedSemaphore` may not.
 *
 * Source: Python's `asyncio.Semaphore`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { gather, run, Semaphore, sleep } from "@quartet/concurrency/asyncio";
 *
 * const tickets = new Semaphore(2);
 * let inside = 0;
 * async function visit() {
 *   using _ticket = await tickets.acquire();
 *   assert(++inside <= 2);
 *   await sleep(1);
 *   inside--;
 * }
 * await run(() => gather(visit, visit, visit, visit));
 * ```
 */
export class Semaphore {
  readonly #waiters = new WaitList<Place<Guard | null>>();
  readonly #binding = new LoopBinding("Semaphore");
  readonly #giveUp = (): void => this.release();
  readonly #owner: PlaceOwner<Guard | null> = {
    timedOut: () => null,
    givenBack: () => this.#passOn(),
  };
  #value: number;

  /**
   * Makes a semaphore with so many permits.
   *
   * @param value how many permits there are; default 1.
   * @throws {RangeError} if it is below 0.
   */
  constructor(value = 1) {
    if (!(Number.isInteger(value) && value >= 0)) {
      throw new RangeError(
        `Cannot make a semaphore of ${value} permits: the initial value must be a whole number >= 0`,
      );
    }
    this.#value = value;
  }

  /** How many permits are free. */
  get value(): number {
    return this.#value;
  }

  /** Whether one would have to wait. */
  locked(): boolean {
    return this.#value === 0;
  }

  /**
   * Waits for a permit and takes it.
   *
   * @param options.timeout milliseconds; then `null` is the answer.
   * @param options.signal ends the wait with the signal's reason.
   */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    if (options !== undefined) {
      try {
        checkBounds(options);
      } catch (error) {
        return failed(error);
      }
    }
    if (this.#value > 0) {
      this.#value--;
      return settled(new Guard(this.#giveUp));
    }
    if (options?.timeout === 0) return settled(null);
    return waitIn(this.#waiters, this.#owner, options, this.#binding);
  }

  /** Takes a permit if one is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    if (this.#value === 0) return null;
    this.#value--;
    return new Guard(this.#giveUp);
  }

  /**
   * Gives `n` permits back, and serves those who wait longest.
   *
   * @throws {RangeError} if `n` is below 1.
   */
  release(n = 1): void {
    if (!(Number.isInteger(n) && n >= 1)) {
      throw new RangeError(`Cannot release ${n} permits: give a whole number from 1 on`);
    }
    for (let i = 0; i < n; i++) this.#passOn();
  }

  /** How many are free and how many wait. */
  statistics(): SemaphoreStatistics {
    return Object.freeze({ value: this.#value, waiting: this.#waiters.size });
  }

  #passOn(): void {
    const next = this.#waiters.shift();
    if (next === null) this.#value++;
    else next.grant(new Guard(this.#giveUp));
  }
}

/**
 * A semaphore that refuses to be released more often than it was acquired.
 *
 * Source: Python's `asyncio.BoundedSemaphore`.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { BoundedSemaphore } from "@quartet/concurrency/asyncio";
 *
 * assertThrows(() => new BoundedSemaphore(1).release(), RangeError);
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /** Makes a semaphore with so many permits, and never more. */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Gives `n` permits back.
   *
   * @throws {RangeError} if that were more than were taken.
   */
  override release(n = 1): void {
    if (this.value + n > this.#bound) {
      throw new RangeError("BoundedSemaphore released too many times");
    }
    super.release(n);
  }
}
