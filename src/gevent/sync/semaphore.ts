import { show } from "../../core/check.ts";
import { Guard } from "../../core/guard.ts";
import { SemaphoreState } from "../../sync/semaphore.ts";
import type { Waitable } from "../greenlet/arrivals.ts";
import { Links } from "../greenlet/links.ts";
import { grantedBy, join } from "./greenlet_waiter.ts";
import { boundsOf, Wait, type WaitBound, type WaitParts } from "../greenlet/wait.ts";

/** What {@linkcode Semaphore.statistics} tells. */
export interface SemaphoreStatistics {
  /** How many permits are free. */
  readonly value: number;
  /** How many wait for one. */
  readonly waiting: number;
}

/** A semaphore that tells when a permit has come free, however that came about. */
class TellingState extends SemaphoreState {
  readonly #freed: () => void;

  constructor(value: number, freed: () => void) {
    super(value);
    this.#freed = freed;
  }

  override release(count?: number): void {
    super.release(count);
    if (this.value > 0) this.#freed();
  }

  override returned(): void {
    super.returned();
    if (this.value > 0) this.#freed();
  }
}

/**
 * So many greenlets at a time.
 *
 * - First come, first served: a permit that comes free goes to the one that waits longest, also when others ask in
 *   between. A greenlet that is killed after it was served gives it back.
 * - `using _ = await semaphore.acquire()` gives the permit back at the end of the block.
 *
 * Source: `gevent.lock.Semaphore`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { lock } from "@quartet/concurrency/gevent";
 *
 * const tickets = new lock.Semaphore(1);
 * {
 *   using _ticket = await tickets.acquire();
 *   assertEquals(await tickets.acquire(1), null);
 * }
 * assertEquals(tickets.counter, 1);
 * ```
 */
export class Semaphore implements Waitable {
  readonly #state: SemaphoreState;
  readonly #granted: WaitParts<Guard | null>;
  readonly #links = new Links(() => this.counter > 0);

  /**
   * A semaphore with `value` permits.
   *
   * @throws {RangeError} if it is no whole number of 0 or more.
   */
  constructor(value: number = 1) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`Cannot make a semaphore of ${show(value)} permits: give 0 or more`);
    }
    this.#state = new TellingState(value, () => this.#links.call());
    this.#granted = grantedBy(this.#state);
  }

  /** How many permits are free. */
  get counter(): number {
    return this.#state.value;
  }

  /** Whether one would have to wait. */
  locked(): boolean {
    return this.counter === 0;
  }

  /** Whether one would not have to wait. */
  ready(): boolean {
    return this.counter > 0;
  }

  /**
   * Waits for a permit and takes it.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; then it returns `null`.
   */
  acquire(): Wait<Guard>;
  /** Waits for a permit, for so long. */
  acquire(bound: WaitBound): Wait<Guard | null>;
  /** Waits for a permit. */
  acquire(bound?: WaitBound): Wait<Guard | null> {
    const { block = true } = boundsOf(bound);
    const guard = this.#state.tryAcquire();
    if (guard !== null || !block) {
      return Wait.given(guard, guard === null ? undefined : this.#granted);
    }
    return join<Guard | null, unknown>(this.#state, undefined, bound);
  }

  /** Takes a permit if one is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    return this.#state.tryAcquire();
  }

  /** Gives a permit back. */
  release(): void {
    this.#state.release();
  }

  /** Waits until a permit is free, without taking it, and returns how many are. */
  wait(bound?: WaitBound): Wait<number> {
    if (this.counter > 0) return Wait.given(this.counter);
    const link = (): void => void wait.grant(this.counter);
    const parts = { timedOut: () => this.counter, left: () => this.unlink(link) };
    const wait = new Wait<number>(parts, bound);
    if (!wait.done()) this.rawlink(link);
    return wait;
  }

  /** Has `link` called when a permit is free; soon if one is. */
  rawlink(link: () => void): void {
    this.#links.add(link);
  }

  /** Takes that back. */
  unlink(link: () => void): void {
    this.#links.remove(link);
  }

  /** Counts, as a frozen record. */
  statistics(): SemaphoreStatistics {
    return Object.freeze({ value: this.counter, waiting: this.#state.waiting });
  }

  /** Has it refuse to have more than `permits` free. */
  protected limit(permits: number): void {
    this.#state.bound = permits;
  }
}

/**
 * A {@linkcode Semaphore} that cannot be released more often than it was acquired.
 *
 * Source: `gevent.lock.BoundedSemaphore`.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { lock } from "@quartet/concurrency/gevent";
 *
 * assertThrows(() => new lock.BoundedSemaphore(2).release(), RangeError);
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** A semaphore with `value` permits. */
  constructor(value: number = 1) {
    super(value);
    this.limit(value);
  }

  /**
   * Gives a permit back.
   *
   * @throws {RangeError} if all are free.
   */
  override release(): void {
    super.release();
  }
}

/**
 * A semaphore that never makes anybody wait: for code that takes one and does not need it.
 *
 * Source: `gevent.lock.DummySemaphore`.
 */
export class DummySemaphore {
  /** Never. */
  locked(): boolean {
    return false;
  }

  /** At once. */
  acquire(_bound?: WaitBound): Wait<Guard> {
    return Wait.given(new Guard(() => this.release()));
  }

  /** Does nothing. */
  release(): void {
    // Nothing was taken.
  }
}
