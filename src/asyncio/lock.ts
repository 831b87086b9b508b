import { Guard, NotOwnerError, WaitList, type WaitOptions } from "../core/mod.ts";
import { type Eventual, failed, settled } from "./eventual.ts";
import { LoopBinding } from "./loop_binding.ts";
import { checkBounds, type Place, type PlaceOwner, waitIn } from "./place.ts";

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
 * - First in, first out: `release()` promises the lock to the one that waits longest; who asks in between
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
  readonly #waiters = new WaitList<Place<Guard | null>>();
  readonly #binding = new LoopBinding("Lock");
  /** Free, held, or promised to the first of those who waited, who has not run yet. */
  #state: "free" | "held" | "promised" = "free";
  readonly #giveUp = (): void => this.release();
  readonly #owner: PlaceOwner<Guard | null> = {
    timedOut: () => null,
    handedOver: () => this.#state = "held",
    givenBack: () => this.#passOn(),
  };

  /**
   * Waits until the lock is free and takes it.
   *
   * @param options.timeout milliseconds; then `null` is the answer.
   * @param options.signal ends the wait with the signal's reason.
   */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    if (options !== undefined) {
      try {
        checkBounds(options);
      } catch (error) {
        return failed(error);
      }
    }
    if (this.#state === "free") {
      this.#state = "held";
      return settled(new Guard(this.#giveUp));
    }
    if (options?.timeout === 0) return settled(null);
    return waitIn(this.#waiters, this.#owner, options, this.#binding);
  }

  /** Takes the lock if it is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    if (this.#state !== "free") return null;
    this.#state = "held";
    return new Guard(this.#giveUp);
  }

  /**
   * Gives the lock back.
   *
   * @throws {NotOwnerError} if it is not held.
   */
  release(): void {
    if (this.#state !== "held") throw new NotOwnerError("Lock is not acquired.");
    if (this.#waiters.size === 0) this.#state = "free";
    else this.#passOn();
  }

  /** Whether it is held. */
  locked(): boolean {
    return this.#state === "held";
  }

  /** Who holds and waits. */
  statistics(): LockStatistics {
    return Object.freeze({ locked: this.locked(), waiting: this.#waiters.size });
  }

  #passOn(): void {
    const next = this.#waiters.shift();
    this.#state = next === null ? "free" : "promised";
    next?.grant(new Guard(this.#giveUp));
  }
}
