import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { NotOwnerError } from "../../core/errors.ts";
import type { Guard } from "../../core/guard.ts";
import { noteKind } from "../../shared/memory/handle.ts";
import { HeldGuard } from "../objects/held_guard.ts";
import { type Caller, type Core, isWithin } from "../objects/served_objects.ts";
import { type Address, SharedObject, stand } from "../objects/shared_object.ts";
import { Waiters } from "./waiters.ts";

/** How a lock stands. */
export interface LockStatistics {
  /** Whether somebody holds it. */
  readonly locked: boolean;
  /** How many wait for it. */
  readonly waiting: number;
  /** How many times a process ended while it held the lock. */
  readonly abandoned: number;
}

/** What a condition needs of its lock. */
export interface ConditionLock extends Core {
  /** Whether this caller may use a condition on the lock. */
  heldBy(caller: Caller): boolean;
  /** Gives all of it up and answers what {@link ConditionLock.takeBack} needs. */
  giveUp(caller: Caller): number;
  /** Waits until it is held as before. */
  takeBack(caller: Caller, depth: number): Promise<void>;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["acquire", "release", "locked", "statistics"]);

/** The lock in its home. */
export class LockCore implements ConditionLock {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  #holder: Caller | null = null;
  #abandoned = 0;
  readonly #waiters = new Waiters<true>();

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    if (this.#holder === null) {
      this.#holder = caller;
      return true;
    }
    return this.#waiters.wait(caller, timeout).then((got) => got !== null);
  }

  release(_caller: Caller): void {
    if (this.#holder === null) {
      throw new NotOwnerError("cannot release the lock: nobody holds it");
    }
    this.#pass();
  }

  locked(): boolean {
    return this.#holder !== null;
  }

  statistics(): LockStatistics {
    return {
      locked: this.locked(),
      waiting: this.#waiters.size,
      abandoned: this.#abandoned,
    };
  }

  heldBy(): boolean {
    return this.#holder !== null;
  }

  giveUp(): number {
    this.#pass();
    return 1;
  }

  async takeBack(caller: Caller): Promise<void> {
    await this.acquire(caller, null);
  }

  processEnded(path: string): void {
    if (this.#holder === null || !isWithin(this.#holder.path, path)) return;
    this.#abandoned++;
    this.#pass();
  }

  #pass(): void {
    this.#holder = this.#waiters.wake(true) ?? null;
  }
}

/**
 * A mutual exclusion between processes.
 *
 * - First come, first served. Not re-entrant, and anyone may release it, as in Python.
 * - It lives in the process that made it and can be passed to others as an argument, inside values and
 *   through queues; there it is the same lock. Every method is a promise, because it may have to ask there.
 * - A process that ends while it holds the lock gives it back; `statistics()` counts that. Not like
 *   Python, where everybody else then waits forever.
 *
 * Source: `multiprocessing.Lock`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Lock } from "@quartet/concurrency/multiprocessing";
 *
 * const lock = new Lock();
 * {
 *   await using _held = await lock.acquire();
 *   assertEquals(await lock.locked(), true);
 * }
 * assertEquals(await lock.locked(), false);
 * ```
 */
export class Lock extends SharedObject {
  constructor() {
    super(() => new LockCore());
  }

  /** Waits until it is free, and holds it. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Promise<Guard & AsyncDisposable>;
  /** Waits for it at most `timeout` milliseconds; `null` when that passes. */
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null>;
  async acquire(options: WaitOptions = {}): Promise<Guard & AsyncDisposable | null> {
    const got = await this.ask("acquire", [timeoutOf(options)], options);
    return got ? new HeldGuard(() => this.release()) : null;
  }

  /** Holds it if it is free; `null` otherwise. Never waits for another holder. */
  tryAcquire(): Promise<Guard & AsyncDisposable | null> {
    return this.acquire({ timeout: 0 });
  }

  /**
   * Gives it back.
   *
   * @throws {NotOwnerError} if nobody holds it. Python: `ValueError`.
   */
  async release(): Promise<void> {
    await this.ask("release");
  }

  /** Whether somebody holds it. */
  locked(): Promise<boolean> {
    return this.ask("locked");
  }

  /** How it stands. */
  statistics(): Promise<LockStatistics> {
    return this.inspect<LockStatistics>();
  }

  /** The core, for a condition made in the lock's home. */
  get conditionLock(): ConditionLock | null {
    return this.core as LockCore | null;
  }

  /** Its class, for who makes it again elsewhere. */
  protected override travelsAs(): { kind: string; module: string } {
    return { kind: "Lock", module: import.meta.url };
  }
}

noteKind("mp.Lock", (address: Address) => stand(address, () => new Lock()));

/** A timeout as a core takes it. */
export function timeoutOf(options: WaitOptions): number | null {
  checkWaitOptions(options);
  const { timeout } = options;
  return timeout === undefined || timeout === Infinity ? null : Math.max(0, timeout);
}
