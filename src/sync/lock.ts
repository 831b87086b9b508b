import { Guard } from "../core/guard.ts";
import { NotOwnerError } from "../core/errors.ts";
import type { Relockable } from "./condition.ts";
import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/**
 * A lock that anybody may release, whoever holds it.
 *
 * | state    | tryAcquire | enqueue | release                        | the first waiter's turn | goes away    |
 * | -------- | ---------- | ------- | ------------------------------ | ----------------------- | ------------ |
 * | free     | → held     | –       | error                          | –                       | –            |
 * | held     | null       | waits   | → promised, or free if nobody  | –                       | leaves       |
 * | promised | null       | waits   | error                          | → held                  | next, or free |
 *
 * It remembers which identity took it, for those that have to know, and asks for it nowhere.
 */
export class LockState<C = unknown> implements Granter<Guard | null>, Relockable<C> {
  readonly #waiters = new WaiterList<Guard | null, C>();
  #state: "free" | "held" | "promised" = "free";
  #holder: C | undefined = undefined;

  /** Whether it is held; not while it is promised. */
  get held(): boolean {
    return this.#state === "held";
  }

  /** The identity that took it, or that it is promised to; `undefined` while it is free. */
  get holder(): C | undefined {
    return this.#holder;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Takes it, for `caller`, if it is free; `null` if not. */
  tryAcquire(caller?: C): Guard | null {
    if (this.#state !== "free") return null;
    this.#state = "held";
    this.#holder = caller;
    return new Guard(this);
  }

  /** Adds a waiter; only when `tryAcquire` gave `null`. */
  enqueue(waiter: Waiter<Guard | null, C>): void {
    this.#waiters.push(waiter);
  }

  /**
   * Promises it to the first waiter, or frees it.
   *
   * @throws {NotOwnerError} if it is not held.
   */
  release(): void {
    if (this.#state !== "held") {
      throw new NotOwnerError("Cannot release the lock: it is not acquired; acquire it first");
    }
    this.#passOn();
  }

  /** For a condition: whether it is held, no matter by whom. */
  heldBy(): boolean {
    return this.held;
  }

  /** For a condition: releases it. */
  giveUp(): number {
    this.release();
    return 1;
  }

  /** For a condition: has `waiter` take it. */
  takeBack(waiter: Waiter<Guard | null, C>): void {
    const guard = this.tryAcquire(waiter.brought);
    if (guard === null) this.enqueue(waiter);
    else waiter.grant(guard);
  }

  /** For a condition. */
  restore(): void {
    // It is held once or not at all.
  }

  /** For a waiter. */
  expired(): null {
    return null;
  }

  /** For a waiter. */
  taken(): void {
    this.#state = "held";
  }

  /** For a waiter. */
  returned(): void {
    this.#passOn();
  }

  #passOn(): void {
    const next = this.#waiters.shift();
    this.#state = next === null ? "free" : "promised";
    this.#holder = next?.brought;
    next?.grant(new Guard(this));
  }
}
