import { BrokenBarrierError, WaitList, type WaitOptions } from "../core/mod.ts";
import { type Eventual, failed, settled } from "./eventual.ts";
import { LoopBinding } from "./loop_binding.ts";
import { checkBounds, type Place, type PlaceOwner, waitIn } from "./place.ts";

/** What a barrier counts. */
export interface BarrierStatistics {
  /** How many must come together. */
  readonly parties: number;
  /** How many wait. */
  readonly waiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
}

/**
 * A place where a fixed number of tasks meet.
 *
 * - `wait()` waits until all have come, and gives each a number of its own, from 0 on, in the order of coming.
 * - Then it is empty again, for the next round.
 * - One that is cancelled, or whose time is over, leaves the count; that breaks nothing. (In `threading`
 *   a timeout breaks the barrier for all.)
 * - `abort()` breaks it: all who wait, and who come, get a `BrokenBarrierError` until `reset()`.
 *
 * Source: Python's `asyncio.Barrier`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Barrier, gather, run } from "@quartet/concurrency/asyncio";
 *
 * const barrier = new Barrier(2);
 * const meet = () => barrier.wait();
 * assertEquals(await run(() => gather(meet, meet)), [0, 1]);
 * ```
 */
export class Barrier {
  /** How many must come together. */
  readonly parties: number;
  readonly #waiters = new WaitList<Place<number | null>>();
  readonly #binding = new LoopBinding("Barrier");
  readonly #action: (() => void) | undefined;
  #broken = false;

  /**
   * Makes a barrier for so many.
   *
   * @param parties how many must come together; from 1 on.
   * @param options.action called once each time all have come, before they go on.
   * @throws {RangeError} if `parties` is below 1.
   */
  constructor(parties: number, options: { action?: () => void } = {}) {
    if (!(Number.isInteger(parties) && parties >= 1)) {
      throw new RangeError(
        `Cannot make a barrier of ${parties} parties: give a whole number from 1 on`,
      );
    }
    this.parties = parties;
    this.#action = options.action;
  }

  /** How many wait. */
  get nWaiting(): number {
    return this.#waiters.size;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Waits until all have come.
   *
   * @param options.timeout milliseconds; then `null` is the answer.
   * @throws {BrokenBarrierError} if it is or gets broken.
   */
  wait(options?: WaitOptions & { timeout?: undefined }): Eventual<number>;
  /** Waits until all have come; `null` when the time was over. */
  wait(options?: WaitOptions): Eventual<number | null>;
  wait(options?: WaitOptions): Eventual<number | null> {
    try {
      if (options !== undefined) checkBounds(options);
      if (this.#broken) throw new BrokenBarrierError("the barrier is broken");
      this.#binding.check();
      if (this.#waiters.size + 1 === this.parties) return this.#open();
    } catch (error) {
      return failed(error);
    }
    if (options?.timeout === 0) return settled(null);
    return waitIn(this.#waiters, OWNER, options);
  }

  /** Sends all who wait away with a `BrokenBarrierError`, and makes it whole again. */
  reset(): Eventual<void> {
    this.#broken = false;
    this.#sendAway();
    return settled(undefined);
  }

  /** Breaks it. */
  abort(): Eventual<void> {
    this.#broken = true;
    this.#sendAway();
    return settled(undefined);
  }

  /** Who waits. */
  statistics(): BarrierStatistics {
    return Object.freeze({ parties: this.parties, waiting: this.nWaiting, broken: this.#broken });
  }

  /** All have come: lets them go on; the last one has its number at once. */
  #open(): Eventual<number> {
    try {
      this.#action?.();
    } catch (error) {
      this.abort();
      throw error;
    }
    let index = 0;
    for (let next = this.#waiters.shift(); next !== null; next = this.#waiters.shift()) {
      next.grant(index++);
    }
    return settled(index);
  }

  #sendAway(): void {
    for (let next = this.#waiters.shift(); next !== null; next = this.#waiters.shift()) {
      next.fail(new BrokenBarrierError("the barrier was broken or reset"));
    }
  }
}

const OWNER: PlaceOwner<number | null> = { timedOut: () => null };
