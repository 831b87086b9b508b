import { checkOptions } from "../../core/check.ts";
import { currentWork, type Work } from "../../core/current.ts";
import type { UntimedWait, WaitOptions } from "../../core/deadline.ts";
import { DeadlockError, NotOwnerError } from "../../core/errors.ts";
import { Guard, releaseUnused } from "../../core/guard.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, heldHere, settle } from "../../shared/memory/refcount.ts";
import { load, store } from "../../shared/memory/words.ts";
import { aboutToLook } from "../../shared/parking/park_async.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import { block, type Bounds, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import {
  holder,
  type MutexOptions,
  type MutexStatistics,
  mutexStatistics,
  recover,
  release,
  take,
  tryTake,
} from "../../shared/sync/mutex.ts";
import { me } from "../../shared/thread/thread_slot.ts";
import type { LockOptions } from "./lock.ts";

/** Words of its block: counts, mutex, whether it is fair. */
const WORD = 1, FAIR = 2, SIZE = 3;
const KIND = "threading.RLock";

/** How often and by which task it was held when a condition let go of it. */
export interface Held {
  readonly depth: number;
  readonly work: Work | undefined;
}

/**
 * For `Condition`: takes the lock, and outside of any task not again. There one asynchronous function cannot
 * be told from another, and two that produce and consume must not count as one owner.
 */
export let acquireAnew: (lock: RLock, options?: WaitOptions) => Promise<Guard | null>;
/** For `Condition`: lets go of the lock, however often it is held. */
export let unwindRLock: (lock: RLock) => Held;
/** For `Condition`: takes the lock back as it was, whatever happens meanwhile. */
export let rewindRLock: (
  lock: RLock,
  held: Held,
  blocking: boolean,
  owes: number,
) => Waiting<void>;

/**
 * A lock that its owner may take again: it is free when it was released as often as it was taken.
 *
 * - The owner is a thread; on one thread, where tasks of an executor or of asyncio interleave, it is the
 *   task. Code outside of any task counts as one.
 * - Only the owner may release it: anyone else gets `NotOwnerError`.
 * - Waiting, fairness, lost holders and travel as with `Lock`.
 *
 * Source: Python's `threading.RLock`. Not like Python: a task counts as an owner of its own, and blocking
 * for what another task of the same thread holds fails with `DeadlockError` instead of hanging. A bare number is
 * refused in the place of options, as with `Lock`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RLock } from "@quartet/concurrency/threading";
 *
 * const lock = new RLock();
 * {
 *   using _outer = lock.acquireSync();
 *   using _inner = lock.acquireSync();
 *   assertEquals(lock.statistics().depth, 2);
 * }
 * assertEquals(lock.isOwned(), false);
 * ```
 */
export class RLock {
  static {
    unwindRLock = (lock) => lock.#unwind();
    acquireAnew = (lock, options) => lock.#acquire(options, false);
    rewindRLock = (lock, held, blocking, owes) => lock.#rewind(held, blocking, owes);
  }

  readonly #word: number;
  readonly #fair: boolean;
  /** Meaningful while this thread holds the mutex; 0 when it was handed over and nobody here knows yet. */
  #depth = 0;
  #work: Work | undefined;

  /** A free lock. */
  constructor(options: LockOptions = {}) {
    checkOptions(options, "new RLock()", "fair: true");
    const at = settle(
      this,
      new.target,
      SIZE,
      (at) => store(at + FAIR, options.fair === true ? 1 : 0),
    );
    this.#word = at + WORD;
    this.#fair = load(at + FAIR) === 1;
  }

  /**
   * Takes the lock, at once if the caller holds it already; else waiting with a promise.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws {DeadlockError} if the holder has ended and there is no timeout.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  acquire(options?: UntimedWait): Promise<Guard>;
  /** The same for a limited time: `null` when it passed. */
  acquire(options: WaitOptions): Promise<Guard | null>;
  acquire(options?: WaitOptions): Promise<Guard | null> {
    return this.#acquire(options, true);
  }

  #acquire(options: WaitOptions | undefined, again: boolean): Promise<Guard | null> {
    try {
      const bounds = boundsOf(options, "RLock.acquire()");
      const work = currentWork();
      const behind = !this.locked() && aboutToLook(this.#word) > 0 && !bounds.deadline.passed;
      if (!behind && (again || work !== undefined || holder(threadMemory, this.#word) !== me)) {
        if (this.#enter(work)) return Promise.resolve(new Guard(this));
      }
      return runAsync(this.#acquiring(work, bounds, behind));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  *#acquiring(work: Work | undefined, bounds: Bounds, behind: boolean): Waiting<Guard | null> {
    const manner = { ...this.#manner("RLock.acquire()", false), behind };
    return (yield* take(threadMemory, this.#word, manner, bounds)) ? this.#own(1, work) : null;
  }

  /**
   * Takes the lock, at once if the caller holds it already; else blocking this thread.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws {DeadlockError} if the holder has ended, or is another task of this thread, and there is no timeout.
   * @throws {StoppedError} if this thread is asked to stop.
   */
  acquireSync(options?: UntimedWait): Guard;
  /** The same for a limited time: `null` when it passed. */
  acquireSync(options: WaitOptions): Guard | null;
  acquireSync(options?: WaitOptions): Guard | null {
    const bounds = boundsOf(options, "RLock.acquireSync()");
    const work = currentWork();
    if (this.#enter(work)) return new Guard(this);
    if (holder(threadMemory, this.#word) === me && options?.timeout === undefined) {
      throw new DeadlockError(
        "RLock.acquireSync() can never succeed: another task of this thread holds it and cannot run while the thread blocks; use acquire()",
      );
    }
    const manner = this.#manner("RLock.acquireSync()", true);
    return block(take(threadMemory, this.#word, manner, bounds)) ? this.#own(1, work) : null;
  }

  /** Takes the lock if it is free or the caller's own; `null` if it is not. */
  tryAcquire(): Guard | null {
    const work = currentWork();
    return this.#enter(work) ? new Guard(this) : null;
  }

  /**
   * Releases the lock once; it is free when that was the outermost time.
   *
   * @throws {NotOwnerError} if the caller does not hold it.
   */
  release(): void {
    if (!this.isOwned()) {
      throw new NotOwnerError("Cannot release the RLock: only its owner may, and that is not you");
    }
    this.#releaseOnce();
  }

  /** Whether anybody holds it. */
  locked(): boolean {
    return load(this.#word) !== 0;
  }

  /** Whether the caller holds it. */
  isOwned(): boolean {
    return this.#depth > 0 && holder(threadMemory, this.#word) === me &&
      this.#work === currentWork();
  }

  /**
   * Takes the lock away from a thread that has ended without releasing it.
   *
   * @returns whether there was one; then the lock is free, or goes to the next in line.
   */
  recover(): boolean {
    return recover(threadMemory, this.#word, this.#fair);
  }

  /** Returns a snapshot of its holder, its depth (seen from its own thread), and how many wait. */
  statistics(): RLockStatistics {
    const depth = holder(threadMemory, this.#word) === me ? this.#depth : null;
    return Object.freeze({ ...mutexStatistics(threadMemory, this.#word), depth });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#word - WORD, KIND, import.meta.url, reach);
  }

  /** For the report on what an ended thread still holds. */
  [heldHere](): boolean {
    return holder(threadMemory, this.#word) === me;
  }

  /** Shows whether it is held in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `RLock { ${this.locked() ? "locked" : "unlocked"} }`;
  }

  /** For a guard that reaches nobody: its lock is held still by the work that took it. */
  [releaseUnused](): void {
    if (this.#depth > 0 && holder(threadMemory, this.#word) === me) this.#releaseOnce();
  }

  #releaseOnce(): void {
    if (--this.#depth > 0) return;
    this.#work = undefined;
    release(threadMemory, this.#word, this.#fair);
  }

  #unwind(): Held {
    const held = { depth: this.#depth, work: this.#work };
    this.#depth = 0;
    this.#work = undefined;
    release(threadMemory, this.#word, this.#fair);
    return held;
  }

  *#rewind({ depth, work }: Held, blocking: boolean, owes: number): Waiting<void> {
    if (!tryTake(threadMemory, this.#word)) {
      const manner = this.#manner("Condition.wait()", blocking);
      yield* take(
        threadMemory,
        this.#word,
        { ...manner, unstoppable: true, owes },
        boundsOf(undefined),
      );
    }
    this.#own(depth, work);
  }

  /** Takes it without waiting, if it is free or `work` has it. */
  #enter(work: Work | undefined): boolean {
    if (this.#depth > 0 && holder(threadMemory, this.#word) === me) {
      if (this.#work !== work) return false;
      this.#depth++;
      return true;
    }
    if (!tryTake(threadMemory, this.#word)) return false;
    this.#own(1, work);
    return true;
  }

  #own(depth: number, work: Work | undefined): Guard {
    this.#depth = depth;
    this.#work = work;
    return new Guard(this);
  }

  #manner(what: string, blocking: boolean): MutexOptions {
    return { what, kind: WaitKind.rlock, fair: this.#fair, blocking };
  }
}

/** What anyone can know of an `RLock`. */
export interface RLockStatistics extends MutexStatistics {
  /** How often its owner holds it; `null` seen from another thread. */
  readonly depth: number | null;
}

noteKind<number>(KIND, (at) => arrive({ at }, RLock));
