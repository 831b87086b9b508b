import type { WaitOptions } from "../../core/deadline.ts";
import type { Guard } from "../../core/guard.ts";
import { noteKind } from "../../shared/memory/handle.ts";
import { RLockState } from "../../sync/rlock.ts";
import { HeldGuard } from "../objects/held_guard.ts";
import { LockCore, type LockStatistics, timeoutOf } from "./lock.ts";
import type { Caller } from "../objects/served_objects.ts";
import { type Address, SharedObject, stand } from "../objects/shared_object.ts";

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
class RLockCore extends LockCore<RLockState<string>> {
  override readonly questions: ReadonlySet<string> = QUESTIONS;

  isOwned({ owner }: Caller): boolean {
    return this.state.heldBy(owner);
  }

  override statistics(): RLockStatistics {
    return { ...super.statistics(), depth: this.state.depth };
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
    super(() => new RLockCore(new RLockState()));
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

  /** Its class, for who makes it again elsewhere. */
  protected override travelsAs(): { kind: string; module: string } {
    return { kind: "RLock", module: import.meta.url };
  }
}

noteKind("mp.RLock", (address: Address) => stand(address, RLock));
