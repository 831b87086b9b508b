import type { WaitOptions } from "../../core/deadline.ts";
import { NotOwnerError } from "../../core/errors.ts";
import type { Guard } from "../../core/guard.ts";
import { noteKind } from "../../shared/memory/handle.ts";
import { HeldGuard } from "../objects/held_guard.ts";
import { type ConditionLock, type LockStatistics, timeoutOf } from "./lock.ts";
import { type Caller, isWithin } from "../objects/served_objects.ts";
import { type Address, SharedObject, stand } from "../objects/shared_object.ts";
import { Waiters } from "./waiters.ts";

/** How a re-entrant lock stands. */
export interface RLockStatistics extends LockStatistics {
  /** How many times its holder holds it. */
  readonly depth: number;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "acquire",
  "release",
  "isOwned",
  "locked",
  "statistics",
]);

/** The lock in its home. */
export class RLockCore implements ConditionLock {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  #holder: Caller | null = null;
  #depth = 0;
  #abandoned = 0;
  readonly #waiters = new Waiters<true>();

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    if (this.#holder === null || this.#holder.owner === caller.owner) {
      this.#holder = caller;
      this.#depth++;
      return true;
    }
    return this.#waiters.wait(caller, timeout).then((got) => got !== null);
  }

  release(caller: Caller): void {
    if (this.#holder?.owner !== caller.owner) {
      throw new NotOwnerError(
        `cannot release the lock: ${
          this.#holder === null ? "nobody holds it" : "another process or task holds it"
        }`,
      );
    }
    if (--this.#depth === 0) this.#pass();
  }

  isOwned(caller: Caller): boolean {
    return this.#holder?.owner === caller.owner;
  }

  locked(): boolean {
    return this.#holder !== null;
  }

  statistics(): RLockStatistics {
    return {
      locked: this.locked(),
      depth: this.#depth,
      waiting: this.#waiters.size,
      abandoned: this.#abandoned,
    };
  }

  heldBy(caller: Caller): boolean {
    return this.isOwned(caller);
  }

  giveUp(): number {
    const depth = this.#depth;
    this.#pass();
    return depth;
  }

  async takeBack(caller: Caller, depth: number): Promise<void> {
    await this.acquire(caller, null);
    this.#depth = depth;
  }

  processEnded(path: string): void {
    if (this.#holder === null || !isWithin(this.#holder.path, path)) return;
    this.#abandoned++;
    this.#pass();
  }

  #pass(): void {
    this.#holder = this.#waiters.wake(true) ?? null;
    this.#depth = this.#holder === null ? 0 : 1;
  }
}

/**
 * A mutual exclusion between processes that its holder may take again.
 *
 * - It is held by a task or job of a process, or by the process where there is none, and must be released as
 *   many times as it was acquired, by the same.
 * - First come, first served; the holder never waits. It crosses like {@link Lock}.
 *
 * Source: `multiprocessing.RLock`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RLock } from "@quartet/concurrency/multiprocessing";
 *
 * const lock = new RLock();
 * await lock.acquire();
 * await lock.acquire(); // it is ours already
 * await lock.release();
 * assertEquals(await lock.isOwned(), true);
 * await lock.release();
 * assertEquals(await lock.isOwned(), false);
 * ```
 */
export class RLock extends SharedObject {
  constructor() {
    super(() => new RLockCore());
  }

  /** Waits until it is free or ours, and holds it once more. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Promise<Guard & AsyncDisposable>;
  /** Waits for it at most `timeout` milliseconds; `null` when that passes. */
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null>;
  async acquire(options: WaitOptions = {}): Promise<Guard & AsyncDisposable | null> {
    const got = await this.ask("acquire", [timeoutOf(options)], options);
    return got ? new HeldGuard(() => this.release()) : null;
  }

  /** Holds it if it is free or ours; `null` otherwise. */
  tryAcquire(): Promise<Guard & AsyncDisposable | null> {
    return this.acquire({ timeout: 0 });
  }

  /**
   * Gives it back once.
   *
   * @throws {NotOwnerError} if another holds it, or nobody. Python: `AssertionError`.
   */
  async release(): Promise<void> {
    await this.ask("release");
  }

  /** Whether the caller holds it. */
  isOwned(): Promise<boolean> {
    return this.ask("isOwned");
  }

  /** Whether anyone holds it. */
  locked(): Promise<boolean> {
    return this.ask("locked");
  }

  /** How it stands. */
  statistics(): Promise<RLockStatistics> {
    return this.inspect<RLockStatistics>();
  }

  /** The core, for a condition made in the lock's home. */
  get conditionLock(): ConditionLock | null {
    return this.core as RLockCore | null;
  }

  /** Its class, for who makes it again elsewhere. */
  protected override travelsAs(): { kind: string; module: string } {
    return { kind: "RLock", module: import.meta.url };
  }
}

noteKind("mp.RLock", (address: Address) => stand(address, () => new RLock()));
