import {
  CancelledError,
  type Guard,
  NotOwnerError,
  WaitList,
  type WaitOptions,
} from "../core/mod.ts";
import type { Eventual } from "./eventual.ts";
import { loopForUse, taskHere } from "./here.ts";
import { Lock } from "./lock.ts";
import { Operation } from "./operation.ts";
import { checkBounds, type Place, type PlaceOwner, waitIn } from "./place.ts";

/** What a condition counts. */
export interface ConditionStatistics {
  /** Whether its lock is held. */
  readonly locked: boolean;
  /** How many wait to be notified. */
  readonly waiting: number;
}

/**
 * Waiting, with a lock, for something to become true.
 *
 * - `wait()` gives the lock up, waits for `notify`, and takes the lock again before it goes on; also
 *   when it was cancelled.
 * - `notify(n)` wakes those who wait longest; they go on once the lock is free.
 * - One that is cancelled after it was notified passes the notification on.
 *
 * Source: Python's `asyncio.Condition`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Condition, createTask, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const condition = new Condition();
 *   const orders: string[] = [];
 *   const cook = createTask(async () => {
 *     using _held = await condition.acquire();
 *     await condition.waitFor(() => orders.length > 0);
 *     return orders.shift();
 *   });
 *   {
 *     using _held = await condition.acquire();
 *     orders.push("soup");
 *     condition.notify();
 *   }
 *   assertEquals(await cook, "soup");
 * });
 * ```
 */
export class Condition {
  readonly #lock: Lock;
  readonly #waiters = new WaitList<Place<boolean>>();
  readonly #owner: PlaceOwner<boolean> = {
    timedOut: () => false,
    givenBack: () => this.#wake(1),
  };

  /**
   * Makes a condition on a lock.
   *
   * @param lock the lock to use; default: one of its own.
   */
  constructor(lock: Lock = new Lock()) {
    if (!(lock instanceof Lock)) {
      throw new TypeError(`Cannot use ${String(lock)} as lock: give a Lock of asyncio`);
    }
    this.#lock = lock;
  }

  /** Takes the lock; see `Lock.acquire`. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    return this.#lock.acquire(options);
  }

  /** Takes the lock if it is free. */
  tryAcquire(): Guard | null {
    return this.#lock.tryAcquire();
  }

  /** Gives the lock back. */
  release(): void {
    this.#lock.release();
  }

  /** Whether the lock is held. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Gives the lock up, waits for a notification, and takes the lock again; gives `true`.
   *
   * @param options.timeout milliseconds; then `false` is the answer, with the lock taken again.
   * @throws {NotOwnerError} if the lock is not held.
   */
  wait(options?: WaitOptions): Operation<boolean> {
    return Operation.begin(loopForUse(), taskHere(), this.#wait(options));
  }

  /**
   * Waits until `predicate` gives something truthy, and answers that; asks it first, and after each notification.
   *
   * @param options.timeout milliseconds for all of it; then the last answer is given, as it is.
   * @throws {NotOwnerError} if the lock is not held.
   */
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Operation<T> {
    return Operation.begin(loopForUse(), taskHere(), this.#waitFor(predicate, options));
  }

  /**
   * Wakes `n` of those who wait, the longest first.
   *
   * @throws {NotOwnerError} if the lock is not held.
   */
  notify(n = 1): void {
    this.#checkHeld("notify on");
    this.#wake(n);
  }

  /** Wakes all who wait. */
  notifyAll(): void {
    this.notify(this.#waiters.size);
  }

  /** Who waits. */
  statistics(): ConditionStatistics {
    return Object.freeze({ locked: this.locked(), waiting: this.#waiters.size });
  }

  *#wait(options: WaitOptions | undefined): Generator<unknown, boolean, unknown> {
    if (options !== undefined) checkBounds(options);
    this.#checkHeld("wait on");
    this.#lock.release();
    try {
      return yield* waitIn(this.#waiters, this.#owner, options);
    } finally {
      yield* this.#takeBack();
    }
  }

  /** Takes the lock whatever happens; a cancel that comes meanwhile is thrown afterwards. */
  *#takeBack(): Generator<unknown, void, unknown> {
    let cancel: CancelledError | null = null;
    while (true) {
      try {
        yield* this.#lock.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancel = error;
      }
    }
    if (cancel !== null) throw cancel;
  }

  *#waitFor<T>(predicate: () => T, options: WaitOptions): Generator<unknown, T, unknown> {
    const { timeout, signal } = options;
    checkBounds(options);
    this.#checkHeld("wait on");
    const loop = loopForUse();
    const end = timeout === undefined ? Infinity : loop.time() + timeout;
    let answer = predicate();
    while (!answer) {
      const left = end === Infinity ? undefined : Math.max(0, end - loop.time());
      if (left === 0) break;
      yield* this.#wait({ timeout: left, signal });
      answer = predicate();
    }
    return answer;
  }

  #wake(n: number): void {
    for (let i = 0; i < n; i++) this.#waiters.shift()?.grant(true);
  }

  #checkHeld(what: string): void {
    if (!this.#lock.locked()) throw new NotOwnerError(`cannot ${what} un-acquired lock`);
  }
}
