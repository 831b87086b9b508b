import { checkOptions } from "../../core/check.ts";
import type { UntimedWait, WaitOptions } from "../../core/deadline.ts";
import { NotOwnerError } from "../../core/errors.ts";
import { Guard } from "../../core/guard.ts";
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

/** How a lock treats the waiters for it. */
export interface LockOptions {
  /**
   * First come, first served: a released lock goes to the one who has waited longest, and none who comes
   * later can be faster. It costs a wake-up at each release under contention. Default: `false`.
   */
  readonly fair?: boolean;
}

/** Words of a lock's block: counts, mutex, whether it is fair. */
const WORD = 1, FAIR = 2, SIZE = 3;
const KIND = "threading.Lock";

/** For `Condition`: lets go of the lock. */
export let unwindLock: (lock: Lock) => void;
/** For `Condition`: takes back what was let go, whatever happens meanwhile. */
export let rewindLock: (lock: Lock, blocking: boolean, owes: number) => Waiting<void>;

/**
 * Mutual exclusion between threads, and between tasks of one thread.
 *
 * - `acquire()` waits with a promise, `acquireSync()` blocks the thread, `tryAcquire()` never waits; all
 *   three take the same lock.
 * - Success gives a {@link Guard} for `using`; without one, call `release()`.
 * - Not re-entrant, and without an owner: any thread may release it.
 * - Not fair unless asked: a running thread may take it ahead of the waiters. The tasks of one thread that wait by
 *   `acquire()` have their turns, so none starves; `acquireSync()` and `tryAcquire()` take what is free, whatever waits.
 * - When a thread ends while holding it, a wait without a timeout fails with `DeadlockError` and names the
 *   thread; `recover()` takes the lock back.
 * - Can be passed to a thread and put in a queue, and is the same lock there.
 *
 * Source: Python's `threading.Lock`. Not like Python: `acquire` with a timeout gives `null`, not `False`; one
 * below 0 means at once, as 0 does; a bare number, as in `acquire(5)`, is refused: give `{ timeout: 5 }`; a lost
 * holder fails the waiters instead of letting them hang.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Lock } from "@quartet/concurrency/threading";
 *
 * const lock = new Lock();
 * {
 *   using _held = lock.acquireSync();
 *   assertEquals(lock.tryAcquire(), null);
 *   assertEquals(await lock.acquire({ timeout: 5 }), null);
 * }
 * assertEquals(lock.locked(), false);
 * ```
 */
export class Lock {
  static {
    unwindLock = (lock) => release(threadMemory, lock.#word, lock.#fair);
    rewindLock = (lock, blocking, owes) => lock.#rewind(blocking, owes);
  }

  readonly #word: number;
  readonly #fair: boolean;

  /** A free lock. */
  constructor(options: LockOptions = {}) {
    checkOptions(options, "new Lock()", "fair: true");
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
   * Takes the lock, waiting with a promise.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws {DeadlockError} if the holder has ended and there is no timeout.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  acquire(options?: UntimedWait): Promise<Guard>;
  /** The same for a limited time: `null` when it passed. */
  acquire(options: WaitOptions): Promise<Guard | null>;
  acquire(options?: WaitOptions): Promise<Guard | null> {
    if (
      options === undefined && aboutToLook(this.#word) === 0 && tryTake(threadMemory, this.#word)
    ) {
      return Promise.resolve(new Guard(this));
    }
    return this.#acquireLater(options);
  }

  /**
   * Takes the lock, blocking this thread.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws {DeadlockError} if the holder has ended and there is no timeout.
   * @throws {StoppedError} if this thread is asked to stop.
   */
  acquireSync(options?: UntimedWait): Guard;
  /** The same for a limited time: `null` when it passed. */
  acquireSync(options: WaitOptions): Guard | null;
  acquireSync(options?: WaitOptions): Guard | null {
    if (options === undefined && tryTake(threadMemory, this.#word)) {
      return new Guard(this);
    }
    return this.#acquireSlowly(options);
  }

  /** Takes the lock if it is free; `null` if it is not. */
  tryAcquire(): Guard | null {
    return tryTake(threadMemory, this.#word) ? new Guard(this) : null;
  }

  /**
   * Releases the lock; any thread may.
   *
   * @throws {NotOwnerError} if nobody holds it.
   */
  release(): void {
    if (!release(threadMemory, this.#word, this.#fair)) {
      throw new NotOwnerError("Cannot release the Lock: nobody holds it");
    }
  }

  /** Whether somebody holds it. */
  locked(): boolean {
    return load(this.#word) !== 0;
  }

  /**
   * Takes the lock away from a thread that has ended without releasing it.
   *
   * @returns whether there was one; then the lock is free, or goes to the next in line.
   */
  recover(): boolean {
    return recover(threadMemory, this.#word, this.#fair);
  }

  /** Returns a snapshot of its holder and how many wait. */
  statistics(): MutexStatistics {
    return mutexStatistics(threadMemory, this.#word);
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
    return `Lock { ${this.locked() ? "locked" : "unlocked"} }`;
  }

  /** Whether this thread holds it. */
  isOwned(): boolean {
    return holder(threadMemory, this.#word) === me;
  }

  *#rewind(blocking: boolean, owes: number): Waiting<void> {
    if (tryTake(threadMemory, this.#word)) return;
    const manner = this.#manner("Condition.wait()", blocking);
    yield* take(
      threadMemory,
      this.#word,
      { ...manner, unstoppable: true, owes },
      boundsOf(undefined),
    );
  }

  #acquireLater(options: WaitOptions | undefined): Promise<Guard | null> {
    try {
      const bounds = boundsOf(options, "Lock.acquire()");
      const behind = !this.locked() && aboutToLook(this.#word) > 0 && !bounds.deadline.passed;
      if (!behind && tryTake(threadMemory, this.#word)) return Promise.resolve(new Guard(this));
      return runAsync(this.#taking("Lock.acquire()", bounds, false, behind));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #acquireSlowly(options: WaitOptions | undefined): Guard | null {
    const bounds = boundsOf(options, "Lock.acquireSync()");
    if (tryTake(threadMemory, this.#word)) return new Guard(this);
    return block(this.#taking("Lock.acquireSync()", bounds, true));
  }

  *#taking(
    what: string,
    bounds: Bounds,
    blocking: boolean,
    behind = false,
  ): Waiting<Guard | null> {
    const manner = { ...this.#manner(what, blocking), behind };
    return (yield* take(threadMemory, this.#word, manner, bounds)) ? new Guard(this) : null;
  }

  #manner(what: string, blocking: boolean): MutexOptions {
    return { what, kind: WaitKind.lock, fair: this.#fair, blocking };
  }
}

noteKind<number>(KIND, (at) => arrive({ at }, Lock));
