import { WaitList, type WaitOptions } from "../core/mod.ts";
import { type Eventual, failed, settled } from "./eventual.ts";
import { LoopBinding } from "./loop_binding.ts";
import { checkBounds, type Place, type PlaceOwner, waitIn } from "./place.ts";

/** What an event counts. */
export interface EventStatistics {
  /** Whether it is set. */
  readonly set: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

/**
 * A flag that tasks wait for.
 *
 * - `set()` wakes all who wait, in the order in which they came; the event stays set until `clear()`.
 * - Waiting for a set event does not let others run first.
 *
 * Source: Python's `asyncio.Event`; a `timeout` is given here and not there.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { createTask, Event, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const ready = new Event();
 *   const waiter = createTask(() => ready.wait());
 *   ready.set();
 *   assert(await waiter);
 * });
 * ```
 */
export class Event {
  readonly #waiters = new WaitList<Place<boolean>>();
  readonly #binding = new LoopBinding("Event");
  #set = false;

  /** Whether it is set. */
  isSet(): boolean {
    return this.#set;
  }

  /** Sets it and wakes all who wait. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    for (let next = this.#waiters.shift(); next !== null; next = this.#waiters.shift()) {
      next.grant(true);
    }
  }

  /** Takes the flag down: who waits from now on, waits. */
  clear(): void {
    this.#set = false;
  }

  /**
   * Waits until it is set; gives `true`.
   *
   * @param options.timeout milliseconds; then `false` is the answer.
   * @param options.signal ends the wait with the signal's reason.
   */
  wait(options?: WaitOptions): Eventual<boolean> {
    if (options !== undefined) {
      try {
        checkBounds(options);
      } catch (error) {
        return failed(error);
      }
    }
    if (this.#set) return settled(true);
    if (options?.timeout === 0) return settled(false);
    return waitIn(this.#waiters, OWNER, options, this.#binding);
  }

  /** Whether it is set and how many wait. */
  statistics(): EventStatistics {
    return Object.freeze({ set: this.#set, waiting: this.#waiters.size });
  }
}

const OWNER: PlaceOwner<boolean> = { timedOut: () => false };
