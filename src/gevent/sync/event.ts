import { EventState } from "../../sync/event.ts";
import type { Waitable } from "../greenlet/arrivals.ts";
import { Links } from "../greenlet/links.ts";
import { join } from "./greenlet_waiter.ts";
import { Wait, type WaitBound } from "../greenlet/wait.ts";

/** What {@linkcode Event.statistics} tells. */
export interface EventStatistics {
  /** Whether it is set. */
  readonly isSet: boolean;
  /** How many wait. */
  readonly waiting: number;
}

/**
 * A flag that greenlets wait for.
 *
 * - `set()` wakes all waiters, in the order of coming; it stays set until `clear()`.
 * - `wait()` returns whether it is set: `false` only when the timeout has passed.
 *
 * Source: `gevent.event.Event`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Event, spawn } from "@quartet/concurrency/gevent";
 *
 * const ready = new Event();
 * spawn(() => ready.set());
 * assertEquals(await ready.wait(), true);
 * ready.clear();
 * assertEquals(await ready.wait(1), false);
 * ```
 */
export class Event implements Waitable {
  readonly #state = new EventState();
  readonly #links = new Links(() => this.#state.isSet);

  /** Whether it is set. */
  isSet(): boolean {
    return this.#state.isSet;
  }

  /** Whether it is set; the same as `isSet()`. */
  ready(): boolean {
    return this.#state.isSet;
  }

  /** Sets it and wakes all waiters. */
  set(): void {
    this.#state.set();
    this.#links.call();
  }

  /** Takes the flag down: later waits wait. */
  clear(): void {
    this.#state.clear();
  }

  /**
   * Waits until it is set.
   *
   * @param bound milliseconds, or `{ timeout, signal }`; then it returns `false`.
   */
  wait(bound?: WaitBound): Wait<boolean> {
    if (this.#state.isSet) return Wait.given(true);
    return join(this.#state, undefined, bound);
  }

  /** Has `link` called when it is set; soon if it is. */
  rawlink(link: () => void): void {
    this.#links.add(link);
  }

  /** Takes that back. */
  unlink(link: () => void): void {
    this.#links.remove(link);
  }

  /** Counts, as a frozen record. */
  statistics(): EventStatistics {
    return Object.freeze({ isSet: this.#state.isSet, waiting: this.#state.waiting });
  }
}
