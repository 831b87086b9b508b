import { show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import type { Guard } from "../../core/guard.ts";
import { SemaphoreState } from "../../sync/semaphore.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { LoopBinding } from "../loop/loop_binding.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { waitIn } from "./wait_in.ts";

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
  readonly #state: SemaphoreState;
  readonly #binding = new LoopBinding("Semaphore");

  /**
   * Makes a semaphore with so many permits.
   *
   * @param value how many permits there are; default 1.
   * @throws {RangeError} if it is below 0.
   */
  constructor(value = 1) {
    if (!(Number.isInteger(value) && value >= 0)) {
      throw new RangeError(
        `Cannot make a semaphore of ${
          show(value)
        } permits: the initial value must be a whole number >= 0`,
      );
    }
    this.#state = new SemaphoreState(value);
  }

  /** How many permits are free. */
  get value(): number {
    return this.#state.value;
  }

  /** Whether one would have to wait. */
  locked(): boolean {
    return this.#state.value === 0;
  }

  /**
   * Waits for a permit and takes it.
   *
   * @param options.timeout milliseconds; then it returns `null`.
   * @param options.signal ends the wait with the signal's reason.
   */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    if (options !== undefined) {
      try {
        checkBounds(options, "Semaphore.acquire()");
      } catch (error) {
        return failed(error);
      }
    }
    const guard = this.#state.tryAcquire();
    if (guard !== null) return settled<Guard | null>(guard, this.#state);
    if (isOver(options)) return settled<Guard | null>(null);
    return waitIn(this.#state, undefined, options, this.#binding);
  }

  /** Takes a permit if one is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    return this.#state.tryAcquire();
  }

  /**
   * Gives `n` permits back, and serves those that have waited longest.
   *
   * @throws {RangeError} if `n` is below 1.
   */
  release(n = 1): void {
    if (!(Number.isInteger(n) && n >= 1)) {
      throw new RangeError(`Cannot release ${show(n)} permits: give a whole number from 1 on`);
    }
    this.#state.release(n);
  }

  /** How many are free and how many wait. */
  statistics(): SemaphoreStatistics {
    return Object.freeze({ value: this.#state.value, waiting: this.#state.waiting });
  }

  /** Has it refuse to have more than `permits` free. */
  protected limit(permits: number): void {
    this.#state.bound = permits;
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
  /** Makes a semaphore with so many permits, and never more. */
  constructor(value = 1) {
    super(value);
    this.limit(value);
  }

  /**
   * Gives `n` permits back.
   *
   * @throws {RangeError} if that were more than were taken.
   */
  override release(n = 1): void {
    super.release(n);
  }
}
