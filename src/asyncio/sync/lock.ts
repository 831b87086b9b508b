import type { WaitOptions } from "../../core/deadline.ts";
import type { Guard } from "../../core/guard.ts";
import { LockState } from "../../sync/lock.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { LoopBinding } from "../loop/loop_binding.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { waitIn } from "./wait_in.ts";

/** The state machine of a lock, for conditions on it. */
export let stateOf: (lock: Lock) => LockState;

/** What a lock counts. */
export interface LockStatistics {
  /** Whether it is held. */
  readonly locked: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

/**
 * One task at a time.
 *
 * - First in, first out: `release()` promises the lock to the longest waiter; one that asks in between
 *   goes to the end.
 * - Taking a free lock does not let others run first.
 * - A waiter that is cancelled leaves; one that is cancelled after the lock was promised to it passes it on.
 * - Not re-entrant, and without an owner: any task may release it.
 *
 * Source: Python's `asyncio.Lock`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gather, Lock, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * const lock = new Lock();
 * let inside = 0;
 * async function work() {
 *   using _held = await lock.acquire();
 *   assertEquals(++inside, 1);
 *   await sleep(1);
 *   inside--;
 * }
 * await run(() => gather(work, work));
 * ```
 */
export class Lock {
  readonly #state = new LockState();
  readonly #binding = new LoopBinding("Lock");

  /**
   * Waits until the lock is free and takes it.
   *
   * @param options.timeout milliseconds; then it returns `null`.
   * @param options.signal ends the wait with the signal's reason.
   */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    if (options !== undefined) {
      try {
        checkBounds(options, "Lock.acquire()");
      } catch (error) {
        return failed(error);
      }
    }
    const guard = this.#state.tryAcquire();
    if (guard !== null) return settled<Guard | null>(guard, this.#state);
    if (isOver(options)) return settled<Guard | null>(null);
    return waitIn(this.#state, undefined, options, this.#binding);
  }

  /** Takes the lock if it is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    return this.#state.tryAcquire();
  }

  /**
   * Gives the lock back.
   *
   * @throws {NotOwnerError} if it is not held.
   */
  release(): void {
    this.#state.release();
  }

  /** Whether it is held. */
  locked(): boolean {
    return this.#state.held;
  }

  /** Returns a snapshot of its holder and waiters. */
  statistics(): LockStatistics {
    return Object.freeze({ locked: this.locked(), waiting: this.#state.waiting });
  }

  static {
    stateOf = (lock) => lock.#state;
  }
}
