import { RLockState } from "../../sync/rlock.ts";
import { Block } from "../mapped/block.ts";
import { MappedRLock, MappedRLockCore, RLOCK_SIZE } from "../mapped/rlock.ts";
import { currentOwner } from "../objects/owner.ts";
import { Acquirable } from "./acquirable.ts";
import { LockCore, type LockStatistics } from "./lock.ts";
import type { Caller } from "../objects/served_objects.ts";
import { blockOf, noteShared } from "../objects/shared_object.ts";

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
export class RLockCore extends LockCore<RLockState<string>> {
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
 * - The holder never waits. It crosses like {@link Lock}, and is served or stands in shared memory as that does.
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
  /**
   * See {@link Acquirable}.
   * @internal
   */
  protected readonly mapped: MappedRLock | null;

  constructor() {
    super(() => {
      const block = Block.make(KIND, RLOCK_SIZE);
      return block === null ? new RLockCore(new RLockState()) : new MappedRLockCore(block);
    });
    const block = blockOf(this);
    this.mapped = block === null ? null : MappedRLock.of(block);
  }

  /** Whether the caller holds it. */
  async isOwned(): Promise<boolean> {
    if (this.mapped === null) return await this.ask("isOwned");
    return this.mapped.isHeldBy(currentOwner());
  }

  /** Whether anyone holds it. */
  async locked(): Promise<boolean> {
    return this.mapped === null ? await this.ask("locked") : this.mapped.isLocked;
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<RLockStatistics> {
    if (this.mapped === null) return await this.inspect<RLockStatistics>();
    return Object.freeze(this.mapped.statistics());
  }
}

const KIND = "mp.RLock";

noteShared(KIND, RLock, import.meta.url);
