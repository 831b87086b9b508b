import { checkOptions, show } from "../../core/check.ts";
import type { UntimedWait, WaitOptions } from "../../core/deadline.ts";
import { Guard } from "../../core/guard.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { load } from "../../shared/memory/words.ts";
import { aboutToLook } from "../../shared/parking/park_async.ts";
import { parkedAt } from "../../shared/parking/parking_lot.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { block, type Bounds, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import {
  boundOf,
  FAIR,
  givePermits,
  initSemaphore,
  MOST_PERMITS,
  SEMAPHORE_SIZE,
  takePermit,
  tryTakePermit,
  VALUE,
} from "../../shared/sync/semaphore.ts";
import type { LockOptions } from "./lock.ts";

/**
 * A number of permits that threads and tasks take and give back.
 *
 *     free permits   acquire                            release(n)
 *     > 0            takes one                          adds n, wakes up to n
 *     0              waits in line                      adds n, wakes up to n; fair: gives them to
 *                                                       the first in line, adds what is left
 *
 * - `acquire()` waits with a promise, `acquireSync()` blocks the thread, `tryAcquire()` never waits.
 * - Any thread may release, also one that took nothing: it is a count, not an ownership.
 * - Not fair unless asked; but the tasks of one thread that wait by `acquire()` have their turns.
 * - Can be passed to a thread and put in a queue, and is the same there.
 *
 * Not like Python: a bare number is refused in the place of options, and a timeout below 0 means at once.
 *
 * Source: Python's `threading.Semaphore`; E. W. Dijkstra, "Cooperating Sequential Processes" (1965).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Semaphore } from "@quartet/concurrency/threading";
 *
 * const connections = new Semaphore(2);
 * using _first = connections.acquireSync();
 * using _second = connections.acquireSync();
 * assertEquals(connections.tryAcquire(), null);
 * ```
 */
export class Semaphore {
  readonly #at: number;

  /**
   * A semaphore with `value` free permits.
   *
   * @throws {RangeError} if it is not a whole number of 0 or more.
   */
  constructor(value = 1, options: LockOptions = {}) {
    checkCount(value, 0, "start a semaphore with", "permits");
    checkOptions(options, "new Semaphore()", "fair: true");
    this.#at = settle(
      this,
      new.target,
      SEMAPHORE_SIZE,
      (at) =>
        initSemaphore(
          threadMemory,
          at,
          value,
          options.fair === true,
          this instanceof BoundedSemaphore,
        ),
    );
  }

  /** How many permits are free. */
  get value(): number {
    return load(this.#at + VALUE);
  }

  /**
   * Takes a permit, waiting with a promise.
   *
   * @returns a guard that gives it back; `null` when the timeout passed.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  acquire(options?: UntimedWait): Promise<Guard>;
  /** The same for a limited time: `null` when it passed. */
  acquire(options: WaitOptions): Promise<Guard | null>;
  acquire(options?: WaitOptions): Promise<Guard | null> {
    try {
      const bounds = boundsOf(options, "Semaphore.acquire()");
      const promised = bounds.deadline.passed ? 0 : this.#promised();
      if (promised === 0 && tryTakePermit(threadMemory, this.#at)) {
        return Promise.resolve(new Guard(this));
      }
      return runAsync(this.#taking("Semaphore.acquire()", bounds, false, promised));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Takes a permit, blocking this thread.
   *
   * @returns a guard that gives it back; `null` when the timeout passed.
   * @throws {StoppedError} if this thread is asked to stop.
   */
  acquireSync(options?: UntimedWait): Guard;
  /** The same for a limited time: `null` when it passed. */
  acquireSync(options: WaitOptions): Guard | null;
  acquireSync(options?: WaitOptions): Guard | null {
    const bounds = boundsOf(options, "Semaphore.acquireSync()");
    if (tryTakePermit(threadMemory, this.#at)) return new Guard(this);
    return block(this.#taking("Semaphore.acquireSync()", bounds, true));
  }

  /** Takes a permit if one is free; `null` if not. */
  tryAcquire(): Guard | null {
    return tryTakePermit(threadMemory, this.#at) ? new Guard(this) : null;
  }

  /**
   * Gives back `n` permits and wakes up to `n` of the waiters.
   *
   * @throws {RangeError} if `n` is not a whole number of 1 or more, or a `BoundedSemaphore` would exceed
   * its bound; nothing is released then.
   */
  release(n = 1): void {
    checkCount(n, 1, "release", "permits");
    givePermits(threadMemory, this.#at, n);
  }

  /** How many permits are free and how many wait for one. */
  statistics(): SemaphoreStatistics {
    return Object.freeze({ value: this.value, waiting: parkedAt(this.#at + VALUE) });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    const bounded = boundOf(threadMemory, this.#at) !== null;
    return handleTo(this.#at, bounded ? BOUNDED_KIND : KIND, import.meta.url, reach);
  }

  /** How many permits are free, if waiters of this thread that were woken are about to take them all; else 0. */
  #promised(): number {
    const woken = aboutToLook(this.#at + VALUE);
    if (woken === 0 || load(this.#at + FAIR) === 1) return 0; // in a fair one the woken have theirs
    const free = this.value;
    return free <= woken ? free : 0;
  }

  *#taking(
    what: string,
    bounds: Bounds,
    blocking: boolean,
    promised = 0,
  ): Waiting<Guard | null> {
    const taking = takePermit(threadMemory, this.#at, what, bounds, blocking, promised);
    return (yield* taking) ? new Guard(this) : null;
  }
}

/**
 * A semaphore that refuses to have more permits than it began with: a release too many is a mistake.
 *
 * Source: Python's `threading.BoundedSemaphore`.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { BoundedSemaphore } from "@quartet/concurrency/threading";
 *
 * const one = new BoundedSemaphore(1);
 * assertThrows(() => one.release(), RangeError);
 * ```
 */
export class BoundedSemaphore extends Semaphore {}

/** What anyone can know of a semaphore. */
export interface SemaphoreStatistics {
  /** How many permits are free. */
  readonly value: number;
  /** How many wait for one. */
  readonly waiting: number;
}

const KIND = "threading.Semaphore", BOUNDED_KIND = "threading.BoundedSemaphore";

noteKind<number>(KIND, (at) => arrive({ at }, Semaphore));
noteKind<number>(BOUNDED_KIND, (at) => arrive({ at }, BoundedSemaphore));

function checkCount(n: number, least: number, action: string, things: string): void {
  if (Number.isInteger(n) && n >= least && n <= MOST_PERMITS) return;
  const range = `give a whole number of ${least} or more`;
  if (typeof n !== "number") {
    throw new TypeError(`Cannot ${action} ${show(n)} ${things}: ${range}`);
  }
  throw new RangeError(`Cannot ${action} ${show(n)} ${things}: ${range}`);
}
