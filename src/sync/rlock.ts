import { Guard } from "../core/guard.ts";
import { NotOwnerError } from "../core/errors.ts";
import type { Relockable } from "./condition.ts";
import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/**
 * A lock that its holder may take again; a holder is an identity, `null` one of them.
 *
 * | state         | tryAcquire(c)                   | enqueue | release(c)                                     |
 * | ------------- | ------------------------------- | ------- | ---------------------------------------------- |
 * | depth 0       | → depth 1, held by c            | –       | error                                          |
 * | depth n, by o | o: → n + 1; another: `null`     | waits   | o: → n − 1, at 0 the first waiter's; else error |
 *
 * A waiter brings the identity along that is to hold it.
 */
export class RLockState<C> implements Granter<Guard | null>, Relockable<C> {
  readonly #waiters = new WaiterList<Guard | null, C>();
  #holder: C | undefined = undefined;
  #depth = 0;

  /** How often it is held. */
  get depth(): number {
    return this.#depth;
  }

  /** Whether it is held. */
  get held(): boolean {
    return this.#depth > 0;
  }

  /** Who holds it; `undefined` while nobody does. */
  get holder(): C | undefined {
    return this.#holder;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Takes it for `caller` if it is free or the caller's; `null` if not. */
  tryAcquire(caller: C): Guard | null {
    if (this.#depth > 0 && this.#holder !== caller) return null;
    this.#holder = caller;
    this.#depth++;
    return this.#guard(caller);
  }

  /** Adds a waiter; only when `tryAcquire` gave `null`. */
  enqueue(waiter: Waiter<Guard | null, C>): void {
    this.#waiters.push(waiter);
  }

  /**
   * Gives it back, once.
   *
   * @throws {NotOwnerError} if `caller` does not hold it.
   */
  release(caller: C): void {
    if (!this.heldBy(caller)) {
      throw new NotOwnerError(
        "Cannot release the RLock: this caller does not hold it; release it where it was acquired",
      );
    }
    if (--this.#depth === 0) this.#passOn();
  }

  /** Whether `caller` holds it. */
  heldBy(caller: C): boolean {
    return this.#depth > 0 && this.#holder === caller;
  }

  /** For a condition: releases it as often as it is held, and returns how often that was. */
  giveUp(caller: C): number {
    const depth = this.#depth;
    this.#depth = Math.min(depth, 1);
    this.release(caller);
    return depth;
  }

  /** For a condition: has `waiter` take it. */
  takeBack(waiter: Waiter<Guard | null, C>): void {
    if (this.#depth > 0) return this.enqueue(waiter);
    this.#waiters.push(waiter);
    this.#passOn();
  }

  /** For a condition: the holder holds it `depth` times. */
  restore(depth: number): void {
    this.#depth = depth;
  }

  /** For a waiter. */
  expired(): null {
    return null;
  }

  /** For a waiter. */
  returned(): void {
    if (--this.#depth === 0) this.#passOn();
  }

  #passOn(): void {
    const next = this.#waiters.shift();
    this.#holder = next?.brought;
    if (next === null) return;
    this.#depth = 1;
    next.grant(this.#guard(next.brought));
  }

  #guard(caller: C): Guard {
    return new Guard(() => this.release(caller));
  }
}
