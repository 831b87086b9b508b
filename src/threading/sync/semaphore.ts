import { checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { Guard } from "../../core/guard.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { add, compareExchange, load, store } from "../../shared/memory/words.ts";
import { parkedAt, unpark } from "../../shared/parking/parking_lot.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import {
  block,
  type Bounds,
  boundsOf,
  throwIfEnded,
  type Waiting,
} from "../../shared/parking/waiting.ts";
import type { LockOptions } from "./lock.ts";
import type { UntimedWait } from "./untimed_wait.ts";

/** Words of its block: counts, free permits, whether it is fair, the bound, permits that are out. */
const VALUE = 1, FAIR = 2, BOUND = 3, OUT = 4, SIZE = 5;
const MOST = 2 ** 31 - 1;
const UNBOUND = -1;

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
 * - Not fair unless asked. Can be passed to a thread and put in a queue, and is the same there.
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
  readonly #fair: boolean;

  /**
   * A semaphore with `value` free permits.
   *
   * @throws {RangeError} if it is not a whole number of 0 or more.
   */
  constructor(value = 1, options: LockOptions = {}) {
    checkCount(value, 0, "start a semaphore with", "permits");
    checkOptions(options, "new Semaphore()", "fair: true");
    this.#at = settle(this, new.target, SIZE, (at) => {
      store(at + VALUE, value);
      store(at + FAIR, options.fair === true ? 1 : 0);
      store(at + BOUND, this instanceof BoundedSemaphore ? value : UNBOUND);
    });
    this.#fair = load(this.#at + FAIR) === 1;
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
      if (this.#take()) return Promise.resolve(new Guard(this));
      return runAsync(this.#taking("Semaphore.acquire()", bounds, false));
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
    if (this.#take()) return new Guard(this);
    return block(this.#taking("Semaphore.acquireSync()", bounds, true));
  }

  /** Takes a permit if one is free; `null` if not. */
  tryAcquire(): Guard | null {
    return this.#take() ? new Guard(this) : null;
  }

  /**
   * Gives back `n` permits and wakes up to `n` of the waiters.
   *
   * @throws {RangeError} if `n` is not a whole number of 1 or more, or a `BoundedSemaphore` would exceed
   * its bound; nothing is released then.
   */
  release(n = 1): void {
    checkCount(n, 1, "release", "permits");
    this.#checkBound(n);
    const value = this.#at + VALUE;
    if (this.#fair) {
      unpark(value, n, (chosen) => add(value, n - chosen));
    } else {
      add(value, n);
      unpark(value, n);
    }
  }

  /** How many permits are free and how many wait for one. */
  statistics(): SemaphoreStatistics {
    return Object.freeze({ value: this.value, waiting: parkedAt(this.#at + VALUE) });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    const bounded = load(this.#at + BOUND) !== UNBOUND;
    return handleTo(this.#at, bounded ? BOUNDED_KIND : KIND, import.meta.url, reach);
  }

  #take(): boolean {
    const at = this.#at;
    while (true) {
      const free = load(at + VALUE);
      if (free <= 0) return false;
      if (compareExchange(at + VALUE, free, free - 1) === free) return this.#noteOut();
    }
  }

  /** Whoever was woken tries before it gives up, so a wake-up is never lost. */
  *#taking(what: string, bounds: Bounds, blocking: boolean): Waiting<Guard | null> {
    while (true) {
      const how = yield {
        at: this.#at + VALUE,
        expected: 0,
        deadline: bounds.deadline,
        signal: bounds.signal,
        kind: WaitKind.semaphore,
        spin: blocking && !this.#fair,
      };
      if (how === "woken" && this.#fair ? this.#noteOut() : this.#take()) return new Guard(this);
      if (how === "timedOut") return null;
      throwIfEnded(how, what, bounds);
    }
  }

  /** A bounded one counts what is out, to know what may come back. */
  #noteOut(): true {
    if (load(this.#at + BOUND) !== UNBOUND) add(this.#at + OUT, 1);
    return true;
  }

  #checkBound(n: number): void {
    const at = this.#at;
    if (load(at + BOUND) === UNBOUND) {
      if (load(at + VALUE) <= MOST - n) return;
      throw new RangeError(`Cannot release ${show(n)} permits: there would be more than ${MOST}`);
    }
    while (true) {
      const out = load(at + OUT);
      if (out < n) {
        throw new RangeError(
          `Cannot release ${
            show(n)
          } permits: the semaphore was released too many times, only ${out} of ${
            load(at + BOUND)
          } are out`,
        );
      }
      if (compareExchange(at + OUT, out, out - n) === out) return;
    }
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
  if (Number.isInteger(n) && n >= least && n <= MOST) return;
  const range = `give a whole number of ${least} or more`;
  if (typeof n !== "number") {
    throw new TypeError(`Cannot ${action} ${show(n)} ${things}: ${range}`);
  }
  throw new RangeError(`Cannot ${action} ${show(n)} ${things}: ${range}`);
}
