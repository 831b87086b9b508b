import { checkReturned } from "../../core/returned.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { checkFunction, checkWhole, show } from "../../core/check.ts";
import type { Guard } from "../../core/guard.ts";
import { ConditionState } from "../../sync/condition.ts";
import { type Eventual, failed } from "../task/eventual.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { Lock, stateOf } from "./lock.ts";
import { checkBounds } from "./loop_waiter.ts";
import { waitIn } from "./wait_in.ts";
import { Operation } from "../task/operation.ts";

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
 * - `notify(n)` wakes those that have waited longest; they go on once the lock is free.
 * - One that is cancelled after it was notified passes the notification on, also while it takes the lock again.
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
  readonly #state: ConditionState;

  /**
   * Makes a condition on a lock.
   *
   * @param lock the lock to use; default: one of its own.
   */
  constructor(lock: Lock = new Lock()) {
    if (!(lock instanceof Lock)) {
      throw new TypeError(`Cannot use ${show(lock)} as lock: give a Lock of asyncio`);
    }
    this.#lock = lock;
    this.#state = new ConditionState(stateOf(lock));
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
   * @param options.timeout milliseconds; then it returns `false`, with the lock taken again.
   * @throws {NotOwnerError} if the lock is not held.
   */
  wait(options?: WaitOptions): Eventual<boolean> {
    try {
      if (options !== undefined) checkBounds(options, "Condition.wait()");
      this.#state.check("wait on");
    } catch (error) {
      return failed(error);
    }
    return waitIn(this.#state, undefined, options);
  }

  /**
   * Waits until `predicate` gives something truthy, and returns that; asks it first, and after each notification.
   *
   * @param options.timeout milliseconds for all of it; then it returns what the predicate gave last.
   * @throws {NotOwnerError} if the lock is not held.
   * @throws {TypeError} if `predicate` returns a promise.
   */
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Operation<T> {
    checkFunction(predicate, "predicate");
    checkWaitOptions(options, "Condition.waitFor()");
    return new Operation(
      runningOrDefaultLoop(),
      runningTask(),
      this.#waitFor(predicate, options),
    );
  }

  /**
   * Wakes `n` of the waiters, the longest first.
   *
   * @throws {NotOwnerError} if the lock is not held.
   */
  notify(n = 1): void {
    checkWhole(n, "n", 0);
    this.#state.check("notify on");
    this.#state.notify(n);
  }

  /** Wakes all waiters. */
  notifyAll(): void {
    this.notify(this.#state.waiting);
  }

  /** Returns a snapshot of its waiters. */
  statistics(): ConditionStatistics {
    return Object.freeze({ locked: this.locked(), waiting: this.#state.waiting });
  }

  *#waitFor<T>(predicate: () => T, options: WaitOptions): Generator<unknown, T, unknown> {
    const { timeout, signal } = options;
    checkBounds(options, "Condition.waitFor()");
    this.#state.check("wait on");
    const loop = runningOrDefaultLoop();
    const end = timeout === undefined ? Infinity : loop.time() + timeout;
    const ask = (): T => {
      const answer = predicate();
      checkReturned(answer, "predicate");
      return answer;
    };
    let answer = ask();
    while (!answer) {
      const left = end === Infinity ? undefined : Math.max(0, end - loop.time());
      if (left === 0) break;
      yield* this.wait({ timeout: left, signal });
      answer = ask();
    }
    return answer;
  }
}
