import { NotOwnerError } from "../core/errors.ts";
import type { Guard } from "../core/guard.ts";
import { type Granter, Waiter, WaiterList } from "./waiter.ts";

/** A lock that a condition gives up and takes back. */
export interface Relockable<C = unknown> {
  /** Whether it is held so that `caller` may use a condition on it. */
  heldBy(caller?: C): boolean;
  /** Releases it for `caller`, as often as it is held; returns how often. */
  giveUp(caller: C): number;
  /** Has `waiter` take it, at once or after the waiters. */
  takeBack(waiter: Waiter<Guard | null, C>): void;
  /** Has it held `depth` times by the one that took it back. */
  restore(depth: number): void;
}

/**
 * Waiting, with a lock, for a notification. A wait ends only with the lock held again, however it ends.
 *
 *     waiting ──notify──▶ relocking: true ──(lock)──▶ granted ──▶ taken
 *        │                    └──withdraw──▶ relocking: withdrawn, the notification goes to the next
 *        ├──expire, abandon──▶ relocking: false, error ──(lock)──▶ expired, failed
 *        ├──withdraw─────────▶ relocking: withdrawn ──(lock)──▶ withdrawn
 *        └──vanish───────────▶ vanished: without the lock; also from relocking, a notification goes to the next
 *
 * A notification moves its waiter to the line of the lock at once, so the order of coming is kept.
 */
export class ConditionState<C = unknown> implements Granter<boolean> {
  readonly #lock: Relockable<C>;
  readonly #waiters = new WaiterList<boolean, C>();
  /** How deep the lock was held by the waiters. */
  readonly #depths = new WeakMap<Waiter<boolean, C>, number>();

  /** Makes one on `lock`. */
  constructor(lock: Relockable<C>) {
    this.#lock = lock;
  }

  /** How many wait to be notified. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Refuses to go on without the lock.
   *
   * @throws {NotOwnerError} if it is not held; by `caller`, where the lock knows its holder.
   */
  check(what: string, caller?: C): void {
    if (this.#lock.heldBy(caller)) return;
    throw new NotOwnerError(
      `Cannot ${what} the condition: its lock is not held; acquire it first`,
    );
  }

  /** Gives the lock up for the caller that `waiter` brings, which then waits. */
  enqueue(waiter: Waiter<boolean, C>): void {
    const depth = this.#lock.giveUp(waiter.brought);
    if (depth > 1) this.#depths.set(waiter, depth);
    this.#waiters.push(waiter);
  }

  /** Has the first `count` waiters go on, once each has the lock again. */
  notify(count: number): void {
    for (let i = 0; i < count; i++) {
      const next = this.#waiters.shift();
      if (next === null) return;
      next.detain(true);
      this.#relock(next);
    }
  }

  /** For a waiter. */
  expired(): boolean {
    return false;
  }

  /** For a waiter: a notification that is not taken goes to the next; its lock stays held until its caller ran. */
  returned(_value: boolean, waiter: Waiter<boolean> | null): void {
    if (waiter !== null && waiter.phase !== "over") this.notify(1);
  }

  /** For a waiter that leaves: it has to wait for the lock all the same, unless its caller is no more. */
  left(waiter: Waiter<boolean>): void {
    if (waiter.state !== "vanished") return this.#relock(waiter as Waiter<boolean, C>);
    const deputy = waiter.note as Relocking<C> | null;
    if (deputy !== null && deputy.list === null) {
      const brought = waiter.brought as C;
      if (this.#lock.heldBy(brought)) this.#lock.giveUp(brought);
      return;
    }
    deputy?.list?.remove(deputy);
    waiter.release();
  }

  #relock(waiter: Waiter<boolean, C>): void {
    const relocking = new Relocking(this.#lock, waiter, this.#depths.get(waiter) ?? 1);
    waiter.note = relocking;
    this.#lock.takeBack(relocking);
  }
}

/** Stands in the line of the lock on behalf of one that waited for the condition. */
class Relocking<C> extends Waiter<Guard | null, C> {
  readonly #lock: Relockable<C>;
  readonly #waiter: Waiter<boolean, C>;
  readonly #depth: number;

  constructor(lock: Relockable<C>, waiter: Waiter<boolean, C>, depth: number) {
    super(lock as Relockable<C> & Granter<Guard | null>, waiter.brought);
    this.#lock = lock;
    this.#waiter = waiter;
    this.#depth = depth;
  }

  protected override wake(): void {
    this.conclude();
    if (this.#depth > 1) this.#lock.restore(this.#depth);
    this.#waiter.release();
  }
}
