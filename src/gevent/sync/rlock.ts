import type { Guard } from "../../core/guard.ts";
import { RLockState } from "../../sync/rlock.ts";
import { runningTask } from "../greenlet/greenlet_task.ts";
import { grantedBy, join } from "./greenlet_waiter.ts";
import { boundsOf, Wait, type WaitBound, type WaitParts } from "../greenlet/wait.ts";

/** Whose a lock is: a task's, or the main program's (`null`). */
type Owner = ReturnType<typeof runningTask>;

/**
 * A lock that the greenlet which holds it may take again.
 *
 * It is free when it was released as often as it was taken; then it goes to the one that waits longest. The main
 * program counts as one greenlet.
 *
 * Source: `gevent.lock.RLock`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { lock, spawn } from "@quartet/concurrency/gevent";
 *
 * const rlock = new lock.RLock();
 * const depth = spawn(async () => {
 *   using _outer = await rlock.acquire();
 *   using _inner = await rlock.acquire();
 *   return rlock.statistics().depth;
 * });
 * assertEquals(await depth.get(), 2);
 * ```
 */
export class RLock {
  readonly #state = new RLockState<Owner>();
  readonly #granted: WaitParts<Guard | null> = grantedBy(this.#state);

  /** Whether somebody holds it. */
  locked(): boolean {
    return this.#state.held;
  }

  /**
   * Waits until it is free, or ours, and takes it.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; then it returns `null`.
   */
  acquire(): Wait<Guard>;
  /** Waits for so long. */
  acquire(bound: WaitBound): Wait<Guard | null>;
  /** Waits. */
  acquire(bound?: WaitBound): Wait<Guard | null> {
    const { block = true } = boundsOf(bound);
    const guard = this.tryAcquire();
    if (guard !== null || !block) {
      return Wait.given(guard, guard === null ? undefined : this.#granted);
    }
    return join(this.#state, runningTask(), bound);
  }

  /** Takes it if it is free, or ours; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    return this.#state.tryAcquire(runningTask());
  }

  /**
   * Gives it back, once.
   *
   * @throws {NotOwnerError} if the greenlet that calls does not hold it.
   */
  release(): void {
    this.#state.release(runningTask());
  }

  /** How deep it is held and how many wait, as a frozen record. */
  statistics(): { readonly depth: number; readonly waiting: number } {
    return Object.freeze({ depth: this.#state.depth, waiting: this.#state.waiting });
  }
}
