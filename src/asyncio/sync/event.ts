import type { WaitOptions } from "../../core/deadline.ts";
import { EventState } from "../../sync/event.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { LoopBinding } from "../loop/loop_binding.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { waitIn } from "./wait_in.ts";

/** What an event counts. */
export interface EventStatistics {
  /** Whether it is set. */
  readonly isSet: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

/**
 * A flag that tasks wait for.
 *
 * - `set()` wakes all waiters, in the order in which they came; the event stays set until `clear()`.
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
  readonly #state = new EventState();
  readonly #binding = new LoopBinding("Event");

  /** Whether it is set. */
  isSet(): boolean {
    return this.#state.isSet;
  }

  /** Sets it and wakes all waiters. */
  set(): void {
    this.#state.set();
  }

  /** Takes the flag down: later waits wait. */
  clear(): void {
    this.#state.clear();
  }

  /**
   * Waits until it is set; gives `true`.
   *
   * @param options.timeout milliseconds; then it returns `false`.
   * @param options.signal ends the wait with the signal's reason.
   */
  wait(options?: WaitOptions): Eventual<boolean> {
    if (options !== undefined) {
      try {
        checkBounds(options, "Event.wait()");
      } catch (error) {
        return failed(error);
      }
    }
    if (this.#state.isSet) return settled(true);
    if (isOver(options)) return settled(false);
    return waitIn(this.#state, undefined, options, this.#binding);
  }

  /** Whether it is set and how many wait. */
  statistics(): EventStatistics {
    return Object.freeze({ isSet: this.#state.isSet, waiting: this.#state.waiting });
  }
}
