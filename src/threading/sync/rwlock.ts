import type { UntimedWait, WaitOptions } from "../../core/deadline.ts";
import { NotOwnerError } from "../../core/errors.ts";
import { Guard } from "../../core/guard.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { block, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import { RWLOCK_SIZE, RWLockState } from "../../shared/sync/rwlock.ts";
import { threadName } from "../../shared/thread/thread_slot.ts";

const KIND = "threading.RWLock";

/**
 * Many may read at a time, or one may write.
 *
 *     held by        one that comes to read        one that comes to write
 *     nobody         reads                         writes
 *     readers        reads, if no writer waits     waits
 *     a writer       waits                         waits
 *
 * - Writers go first: readers that come while a writer waits stand behind it, so that a stream of readers
 *   cannot keep writers out. A leaving writer lets all waiting readers in before the next writer, so that
 *   writers cannot keep readers out either.
 * - What is given back goes straight to the waiters whose turn it is; none that comes later can be faster.
 * - `acquireRead()`, `acquireWrite()` wait with a promise, `…Sync()` block the thread, `try…()` never wait.
 *   Give back with the guard, or with `releaseRead()`, `releaseWrite()`.
 * - Not re-entrant: who reads and wants to write must stop reading first.
 * - When a thread ends while writing, the waiters fail with `DeadlockError`, which names it.
 *
 * Beyond Python, which has none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RWLock } from "@quartet/concurrency/threading";
 *
 * const lock = new RWLock();
 * {
 *   using _one = lock.acquireReadSync();
 *   using _two = await lock.acquireRead();
 *   assertEquals(lock.tryAcquireWrite(), null);
 * }
 * using _writing = lock.acquireWriteSync();
 * ```
 */
export class RWLock {
  readonly #at: number;
  readonly #state: RWLockState;

  /** A lock that nobody holds. */
  constructor() {
    this.#at = settle(this, new.target, RWLOCK_SIZE);
    this.#state = new RWLockState(threadMemory, this.#at);
  }

  /**
   * Waits with a promise until it may read.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws {DeadlockError} if a thread ended while writing.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  acquireRead(options?: UntimedWait): Promise<Guard>;
  /** The same for a limited time: `null` when it passed. */
  acquireRead(options: WaitOptions): Promise<Guard | null>;
  acquireRead(options?: WaitOptions): Promise<Guard | null> {
    return runAsync(this.#reading("RWLock.acquireRead()", options));
  }

  /** As {@link acquireRead}, blocking this thread. */
  acquireReadSync(options?: UntimedWait): Guard;
  /** The same for a limited time: `null` when it passed. */
  acquireReadSync(options: WaitOptions): Guard | null;
  acquireReadSync(options?: WaitOptions): Guard | null {
    return block(this.#reading("RWLock.acquireReadSync()", options));
  }

  /** Begins to read if that is possible at once; `null` if not. */
  tryAcquireRead(): Guard | null {
    return this.#state.tryRead() ? this.#readGuard() : null;
  }

  /**
   * Waits with a promise until it may write.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws {DeadlockError} if a thread ended while writing.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  acquireWrite(options?: UntimedWait): Promise<Guard>;
  /** The same for a limited time: `null` when it passed. */
  acquireWrite(options: WaitOptions): Promise<Guard | null>;
  acquireWrite(options?: WaitOptions): Promise<Guard | null> {
    return runAsync(this.#writing("RWLock.acquireWrite()", options));
  }

  /** As {@link acquireWrite}, blocking this thread. */
  acquireWriteSync(options?: UntimedWait): Guard;
  /** The same for a limited time: `null` when it passed. */
  acquireWriteSync(options: WaitOptions): Guard | null;
  acquireWriteSync(options?: WaitOptions): Guard | null {
    return block(this.#writing("RWLock.acquireWriteSync()", options));
  }

  /** Begins to write if that is possible at once; `null` if not. */
  tryAcquireWrite(): Guard | null {
    return this.#state.tryWrite() ? this.#writeGuard() : null;
  }

  /**
   * Ends one reading.
   *
   * @throws {NotOwnerError} if nobody reads.
   */
  releaseRead(): void {
    if (!this.#state.endReading()) throw new NotOwnerError("Cannot end reading: nobody reads");
  }

  /**
   * Ends the writing; any thread may.
   *
   * @throws {NotOwnerError} if nobody writes.
   */
  releaseWrite(): void {
    if (!this.#state.endWriting()) throw new NotOwnerError("Cannot end writing: nobody writes");
  }

  /** Returns a snapshot of its holders and waiters. */
  statistics(): RWLockStatistics {
    const { readers, writer, waitingReaders, waitingWriters } = this.#state;
    return Object.freeze({
      readers,
      writer: writer === 0 ? null : threadName(writer),
      waitingReaders,
      waitingWriters,
    });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#at, KIND, import.meta.url, reach);
  }

  *#reading(what: string, options: WaitOptions | undefined): Waiting<Guard | null> {
    return (yield* this.#state.reading(what, boundsOf(options, what))) ? this.#readGuard() : null;
  }

  *#writing(what: string, options: WaitOptions | undefined): Waiting<Guard | null> {
    return (yield* this.#state.writing(what, boundsOf(options, what))) ? this.#writeGuard() : null;
  }

  #readGuard(): Guard {
    return new Guard(() => this.releaseRead());
  }

  #writeGuard(): Guard {
    return new Guard(() => this.releaseWrite());
  }
}

/** What anyone can know of an `RWLock`. */
export interface RWLockStatistics {
  /** How many read. */
  readonly readers: number;
  /** The name of the thread that writes; `null` if none. */
  readonly writer: string | null;
  /** How many wait to read. */
  readonly waitingReaders: number;
  /** How many wait to write. */
  readonly waitingWriters: number;
}

noteKind<number>(KIND, (at) => arrive({ at }, RWLock));
