import { Guard, NotOwnerError } from "../core/mod.ts";
import { taskHere } from "./greenlet_task.ts";
import { boundsOf, Wait, type WaitBound } from "./wait.ts";
import { WaitLine } from "./wait_line.ts";

/** Whose a lock is: a task's, or the main program's (`null`). */
type Owner = ReturnType<typeof taskHere>;

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
  readonly #line = new WaitLine<Guard | null, Owner>();
  #owner: Owner = null;
  #depth = 0;

  /** Whether somebody holds it. */
  locked(): boolean {
    return this.#depth > 0;
  }

  /**
   * Waits until it is free, or ours, and takes it.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; then `null` is the answer.
   */
  acquire(): Wait<Guard>;
  /** Waits for so long. */
  acquire(bound: WaitBound): Wait<Guard | null>;
  /** Waits. */
  acquire(bound?: WaitBound): Wait<Guard | null> {
    const { block = true } = boundsOf(bound);
    const guard = this.tryAcquire();
    if (guard !== null || !block) return Wait.given(guard);
    return this.#line.join(bound, () => null, () => this.#passOn(), taskHere());
  }

  /** Takes it if it is free, or ours; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    const me = taskHere();
    if (this.#depth > 0 && this.#owner !== me) return null;
    this.#owner = me;
    this.#depth++;
    return this.#guard();
  }

  /**
   * Gives it back, once.
   *
   * @throws {NotOwnerError} if the greenlet that calls does not hold it.
   */
  release(): void {
    if (this.#depth === 0 || this.#owner !== taskHere()) {
      throw new NotOwnerError("cannot release an RLock that this greenlet does not hold");
    }
    if (--this.#depth === 0) this.#passOn();
  }

  /** How deep it is held and how many wait, as a frozen record. */
  statistics(): { readonly depth: number; readonly waiting: number } {
    return Object.freeze({ depth: this.#depth, waiting: this.#line.size });
  }

  #passOn(): void {
    this.#depth = 0;
    this.#line.next((owner) => {
      this.#owner = owner;
      this.#depth = 1;
      return this.#guard();
    });
  }

  #guard(): Guard {
    return new Guard(() => this.release());
  }
}
