import type { WaitOptions } from "../../core/deadline.ts";
import { DeadlockError, NotOwnerError } from "../../core/errors.ts";
import { Guard } from "../../core/guard.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { add, load, store } from "../../shared/memory/words.ts";
import { onAbandoned, ownerIn, parkedAt, unpark } from "../../shared/parking/parking_lot.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import {
  block,
  type Bounds,
  boundsOf,
  throwIfEnded,
  type Waiting,
} from "../../shared/parking/waiting.ts";
import { release, takeBriefly } from "../../shared/sync/mutex.ts";
import { me, threadName } from "../../shared/thread/thread_slot.ts";

import type { UntimedWait } from "./untimed_wait.ts";

/** Words of its block. */
const MUTEX = 1, READERS = 2, WRITER = 3, READ_LINE = 4, WRITE_LINE = 5, SIZE = 6;
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
 * - A thread that ends before it knows that it was let in makes room for the next.
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

  /** A lock that nobody holds. */
  constructor() {
    this.#at = settle(this, new.target, SIZE);
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
    return this.#try(() => mayRead(this.#at), () => this.#beginReading());
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
    return this.#try(() => this.#mayWrite(), () => this.#beginWriting());
  }

  /**
   * Ends one reading.
   *
   * @throws {NotOwnerError} if nobody reads.
   */
  releaseRead(): void {
    if (!endReading(this.#at)) throw new NotOwnerError("Cannot end reading: nobody reads");
  }

  /**
   * Ends the writing; any thread may.
   *
   * @throws {NotOwnerError} if nobody writes.
   */
  releaseWrite(): void {
    if (!endWriting(this.#at)) throw new NotOwnerError("Cannot end writing: nobody writes");
  }

  /** Returns a snapshot of its holders and waiters. */
  statistics(): RWLockStatistics {
    const writer = ownerIn(load(this.#at + WRITER));
    return Object.freeze({
      readers: load(this.#at + READERS),
      writer: writer === 0 ? null : threadName(writer),
      waitingReaders: parkedAt(this.#at + READ_LINE),
      waitingWriters: parkedAt(this.#at + WRITE_LINE),
    });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#at, KIND, import.meta.url, reach);
  }

  *#reading(what: string, options: WaitOptions | undefined): Waiting<Guard | null> {
    const bounds = boundsOf(options, what);
    takeBriefly(this.#at + MUTEX);
    if (mayRead(this.#at)) return this.#leaveWith(this.#beginReading());
    const got = yield* this.#standIn(READ_LINE, WaitKind.read, what, bounds);
    return got ? this.#readGuard() : null;
  }

  *#writing(what: string, options: WaitOptions | undefined): Waiting<Guard | null> {
    const bounds = boundsOf(options, what);
    takeBriefly(this.#at + MUTEX);
    if (this.#mayWrite()) return this.#leaveWith(this.#beginWriting());
    const got = yield* this.#standIn(WRITE_LINE, WaitKind.write, what, bounds);
    return got ? this.#writeGuard() : null;
  }

  /** Waits in a line, with the mutex held at first. To be woken is to have been admitted. */
  *#standIn(line: number, kind: number, what: string, bounds: Bounds): Waiting<boolean> {
    const at = this.#at;
    let held = true;
    const how = yield {
      at: at + line,
      expected: 0,
      ...bounds,
      kind,
      owner: at + WRITER,
      enlisted: () => {
        held = false;
        release(at + MUTEX, false);
      },
    };
    if (held) release(at + MUTEX, false);
    if (how === "woken") return true;
    if (line === WRITE_LINE) reconsider(at);
    if (how === "orphaned") {
      throw new DeadlockError(
        `${what} can never succeed: thread ${
          JSON.stringify(threadName(ownerIn(load(at + WRITER))))
        } ended while writing; release with try … finally or "using", or call releaseWrite() for it`,
      );
    }
    throwIfEnded(how, what, bounds);
    return false;
  }

  #mayWrite(): boolean {
    return load(this.#at + WRITER) === 0 && load(this.#at + READERS) === 0;
  }

  #beginReading(): Guard {
    add(this.#at + READERS, 1);
    return this.#readGuard();
  }

  #beginWriting(): Guard {
    store(this.#at + WRITER, me << 1);
    return this.#writeGuard();
  }

  #readGuard(): Guard {
    return new Guard(() => this.releaseRead());
  }

  #writeGuard(): Guard {
    return new Guard(() => this.releaseWrite());
  }

  #try(may: () => boolean, begin: () => Guard): Guard | null {
    takeBriefly(this.#at + MUTEX);
    const guard = may() ? begin() : null;
    release(this.#at + MUTEX, false);
    return guard;
  }

  #leaveWith(guard: Guard): Guard {
    release(this.#at + MUTEX, false);
    return guard;
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

/** Ends one reading of the lock at `at`; `false` if nobody reads. */
function endReading(at: number): boolean {
  takeBriefly(at + MUTEX);
  const readers = load(at + READERS);
  if (readers > 0) {
    store(at + READERS, readers - 1);
    if (readers === 1) admit(at, "writer");
  }
  release(at + MUTEX, false);
  return readers > 0;
}

/** Ends the writing; `false` if nobody writes. */
function endWriting(at: number): boolean {
  takeBriefly(at + MUTEX);
  const writer = load(at + WRITER);
  if (writer !== 0) {
    store(at + WRITER, 0);
    admit(at, "readers");
  }
  release(at + MUTEX, false);
  return writer !== 0;
}

/** A writer left its line: readers that stood behind it may go on. */
function reconsider(at: number): void {
  takeBriefly(at + MUTEX);
  if (mayRead(at)) admitReaders(at);
  release(at + MUTEX, false);
}

function mayRead(at: number): boolean {
  return load(at + WRITER) === 0 && parkedAt(at + WRITE_LINE) === 0;
}

/** Lets waiters in, those named first; nobody holds the lock, and the mutex is held. */
function admit(at: number, first: "readers" | "writer"): void {
  if (first === "readers" && admitReaders(at)) return;
  const chosen = unpark(at + WRITE_LINE, 1, (_, next) => store(at + WRITER, next << 1));
  if (chosen === 0) admitReaders(at);
}

function admitReaders(at: number): boolean {
  return unpark(at + READ_LINE, Infinity, (chosen) => add(at + READERS, chosen)) > 0;
}

// Whoever was let in and ended before knowing it makes room; a writer that only waited holds no readers back any more.
onAbandoned(WaitKind.read, ({ owner, chosen }) => {
  if (chosen) endReading(owner - WRITER);
});
onAbandoned(WaitKind.write, ({ owner, thread, chosen }) => {
  const at = owner - WRITER;
  if (!chosen) reconsider(at);
  else if (ownerIn(load(at + WRITER)) === thread) endWriting(at);
});

noteKind<number>(KIND, (at) => arrive({ at }, RWLock));
