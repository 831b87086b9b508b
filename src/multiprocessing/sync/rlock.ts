import { RLockState } from "../../sync/rlock.ts";
import { Acquirable } from "./acquirable.ts";
import { LockCore, type LockStatistics } from "./lock.ts";
import type { Caller } from "../objects/served_objects.ts";
import { noteShared } from "../objects/shared_object.ts";

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
export class RLock extends Acquirable {
  constructor() {
    super(() => new RLockCore(new RLockState()));
  }

  /** Whether the caller holds it. */
  isOwned(): Promise<boolean> {
    return this.ask("isOwned");
  }

  /** Whether anyone holds it. */
  locked(): Promise<boolean> {
    return this.ask("locked");
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<RLockStatistics> {
    return this.inspect<RLockStatistics>();
  }
}

noteShared("mp.RLock", RLock, import.meta.url);
