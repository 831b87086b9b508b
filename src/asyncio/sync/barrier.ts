import { checkFunction, checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { BarrierState } from "../../sync/barrier.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopBinding } from "../loop/loop_binding.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { waitIn } from "./wait_in.ts";

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
 * - One that is cancelled, or times out, leaves the count; that breaks nothing. (In `threading`
 *   a timeout breaks the barrier for all.)
 * - `abort()` breaks it: all waiters, and who come, get a `BrokenBarrierError` until `reset()`.
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
  readonly #state: BarrierState;
  readonly #binding = new LoopBinding("Barrier");

  /**
   * Makes a barrier for so many.
   *
   * @param parties how many must come together; from 1 on.
   * @param options.action called once each time all have come, before they go on; it is done when it returns, and a
   *   promise breaks the barrier.
   * @throws {RangeError} if `parties` is below 1.
   */
  constructor(parties: number, options: { action?: () => void } = {}) {
    checkOptions(options, "new Barrier()", "action: () => {}");
    if (options.action !== undefined) checkFunction(options.action, "action");
    if (!(Number.isInteger(parties) && parties >= 1)) {
      throw new RangeError(
        `Cannot make a barrier of ${show(parties)} parties: give a whole number from 1 on`,
      );
    }
    this.#state = new BarrierState(parties, soon, options.action);
  }

  /** How many must come together. */
  get parties(): number {
    return this.#state.parties;
  }

  /** How many wait. */
  get nWaiting(): number {
    return this.#state.waiting;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#state.broken;
  }

  /**
   * Waits until all have come.
   *
   * @param options.timeout milliseconds; then it returns `null`.
   * @throws {BrokenBarrierError} if it is or gets broken.
   */
  wait(options?: WaitOptions & { timeout?: undefined }): Eventual<number>;
  /** Waits until all have come; `null` when the time was over. */
  wait(options?: WaitOptions): Eventual<number | null>;
  wait(options?: WaitOptions): Eventual<number | null> {
    try {
      if (options !== undefined) checkBounds(options, "Barrier.wait()");
      this.#binding.check();
      const index = this.#state.tryArrive();
      if (index !== null) return settled<number | null>(index);
    } catch (error) {
      return failed(error);
    }
    if (isOver(options)) return settled<number | null>(null);
    return waitIn(this.#state, undefined, options);
  }

  /**
   * Sends the waiters away with a `BrokenBarrierError`, and makes it whole again.
   *
   * While a round goes on its way, those that come are of the next one, which begins when the last has gone on: nobody
   * of it is sent away by a reset in between.
   */
  reset(): Eventual<void> {
    this.#state.reset();
    return settled(undefined);
  }

  /** Breaks it. */
  abort(): Eventual<void> {
    this.#state.abort();
    return settled(undefined);
  }

  /** Returns a snapshot of its waiters. */
  statistics(): BarrierStatistics {
    return Object.freeze({ parties: this.parties, waiting: this.nWaiting, broken: this.broken });
  }
}

function soon(work: () => void): void {
  runningOrDefaultLoop().ready.push(work);
}
