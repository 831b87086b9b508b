import { checkReturned } from "../../core/returned.ts";
import { checkFunction, show } from "../../core/check.ts";
import { Deadline, type UntimedWait, type WaitOptions } from "../../core/deadline.ts";
import { NotOwnerError } from "../../core/errors.ts";
import type { Guard } from "../../core/guard.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import {
  arrive,
  handleTo,
  releaseInFlight,
  retainInFlight,
  settle,
} from "../../shared/memory/refcount.ts";
import { load, store } from "../../shared/memory/words.ts";
import { parkedAt } from "../../shared/parking/parking_lot.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { block, type Bounds, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import { notify, untilNotified } from "../../shared/sync/condition.ts";
import { Lock, rewindLock, unwindLock } from "./lock.ts";
import { acquireAnew, type Held, rewindRLock, RLock, unwindRLock } from "./rlock.ts";

/** Words of its block: counts, the line of the waiters (always 0), its lock and whether that is a Lock (0) or an RLock. */
const LINE = 1, LOCK = 2, LOCK_KIND = 3, SIZE = 4;
const KIND = "threading.Condition";
/**
 * Waiting until something is true that a lock protects.
 *
 *     consumer: take the lock · while not true: wait()     producer: take the lock · change · notify()
 *
 * - `wait()` lets go of the lock, sleeps until notified, and takes the lock again before it returns,
 *   whatever happened: also when it throws because of a stop or an abort.
 * - `notify(n)` wakes exactly n of the waiters at that moment, those first who came first. With nobody
 *   waiting it does nothing and is not remembered.
 * - A notified waiter runs when it gets the lock, so not before the notifier lets go of it. When its thread ends
 *   before that, or the lock's holder does, the notification goes to the next that waits.
 * - Several conditions may share one lock. Without one given, it is an `RLock`, let go altogether by `wait()`;
 *   but `acquire()` with a promise takes it again only within a task, since elsewhere one asynchronous
 *   function cannot be told from another.
 * - Can be passed to a thread and put in a queue, and is the same condition (and lock) there.
 *
 * Source: Python's `threading.Condition`. Not like Python: a bare number is refused in the place of options; a wait
 * can be cancelled, holds the lock again then, and passes a notification that it had got on to the next.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Condition } from "@quartet/concurrency/threading";
 *
 * const items: number[] = [];
 * const filled = new Condition();
 * const consumer = (async () => {
 *   using _held = await filled.acquire();
 *   await filled.waitFor(() => items.length > 0);
 *   return items.shift();
 * })();
 * {
 *   using _held = await filled.acquire();
 *   items.push(7);
 *   filled.notify();
 * }
 * assertEquals(await consumer, 7);
 * ```
 */
export class Condition {
  readonly #at: number;
  readonly #lock: Lock | RLock;
  /** What a wait is granted: one that nobody uses goes to the next. */
  readonly #notification: Source<unknown> = {
    returned: (notified) => {
      if (notified) notify(threadMemory, this.#at + LINE, 1);
    },
  };

  /** A condition with this lock, or an `RLock` of its own. */
  constructor(lock?: Lock | RLock) {
    if (lock !== undefined && !(lock instanceof Lock || lock instanceof RLock)) {
      throw new TypeError(`Cannot make a Condition of ${show(lock)}: give a Lock or RLock`);
    }
    this.#at = settle(this, new.target, SIZE, (at) => {
      const { data } = (lock ?? new RLock())[travels]("thread");
      store(at + LOCK, data as number);
      store(at + LOCK_KIND, lock instanceof Lock ? 0 : 1);
    }, finalize);
    this.#lock = lock ?? lockOf(this.#at);
  }

  /** Takes the lock, waiting with a promise; as `Lock.acquire`. */
  acquire(options?: UntimedWait): Promise<Guard>;
  /** The same for a limited time: `null` when it passed. */
  acquire(options: WaitOptions): Promise<Guard | null>;
  acquire(options?: WaitOptions): Promise<Guard | null> {
    const lock = this.#lock;
    return lock instanceof RLock
      ? acquireAnew(lock, options)
      : lock.acquire(options as WaitOptions);
  }

  /** Takes the lock, blocking this thread; as `Lock.acquireSync`. */
  acquireSync(options?: UntimedWait): Guard;
  /** The same for a limited time: `null` when it passed. */
  acquireSync(options: WaitOptions): Guard | null;
  acquireSync(options?: WaitOptions): Guard | null {
    return this.#lock.acquireSync(options as WaitOptions);
  }

  /** Takes the lock if it is free; `null` if it is not. */
  tryAcquire(): Guard | null {
    return this.#lock.tryAcquire();
  }

  /** Releases the lock. */
  release(): void {
    this.#lock.release();
  }

  /**
   * Lets go of the lock, waits with a promise to be notified, and takes the lock again.
   *
   * @returns `true` when notified, `false` when the timeout passed.
   * @throws {NotOwnerError} if the caller does not hold the lock.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts. The lock is held then, too.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return runAsync<boolean>(
      this.#waitingOnce("Condition.wait()", options, false),
      this.#notification,
    );
  }

  /** As {@link wait}, blocking this thread. */
  waitSync(options?: WaitOptions): boolean {
    return block(this.#waitingOnce("Condition.waitSync()", options, true));
  }

  /**
   * Waits with a promise until `predicate()` is truthy; it is called with the lock held, first of all at once.
   *
   * @returns the last value of the predicate: a falsy one when the timeout passed.
   * @throws {TypeError} if the predicate returns a promise.
   */
  waitFor<T>(predicate: () => T, options?: WaitOptions): Promise<T> {
    const waiting = this.#waitingFor("Condition.waitFor()", predicate, options, false);
    return runAsync<T>(waiting, this.#notification);
  }

  /** As {@link waitFor}, blocking this thread. */
  waitForSync<T>(predicate: () => T, options?: WaitOptions): T {
    return block(this.#waitingFor("Condition.waitForSync()", predicate, options, true));
  }

  /**
   * Wakes up to `n` of the waiters, in the order in which they came.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   * @throws {RangeError} if `n` is not a whole number of 0 or more.
   */
  notify(n = 1): void {
    if (!Number.isInteger(n) || n < 0) {
      throw new RangeError(`Cannot notify ${show(n)} waiters: give a whole number of 0 or more`);
    }
    this.#check("notify");
    notify(threadMemory, this.#at + LINE, n);
  }

  /** Wakes all waiters. */
  notifyAll(): void {
    this.#check("notify");
    notify(threadMemory, this.#at + LINE);
  }

  /** How many wait to be notified. */
  statistics(): ConditionStatistics {
    return Object.freeze({ waiting: parkedAt(this.#at + LINE) });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#at, KIND, import.meta.url, reach);
  }

  *#waitingOnce(
    what: string,
    options: WaitOptions | undefined,
    blocking: boolean,
  ): Waiting<boolean> {
    this.#check("wait for");
    return yield* this.#waiting(what, boundsOf(options, what), blocking);
  }

  #waiting(what: string, bounds: Bounds, blocking: boolean): Waiting<boolean> {
    const lock = this.#lock;
    let held: Held | null = null;
    return untilNotified(
      threadMemory,
      this.#at + LINE,
      lock instanceof RLock
        ? {
          unwind: () => void (held = unwindRLock(lock)),
          rewind: (owes) => rewindRLock(lock, held!, blocking, owes),
        }
        : { unwind: () => unwindLock(lock), rewind: (owes) => rewindLock(lock, blocking, owes) },
      what,
      bounds,
    );
  }

  *#waitingFor<T>(
    what: string,
    predicate: () => T,
    options: WaitOptions | undefined,
    blocking: boolean,
  ): Waiting<T> {
    checkFunction(predicate, "predicate");
    this.#check("wait for");
    const bounds = boundsOf(options, what);
    const ask = (): T => {
      const value = predicate();
      checkReturned(value, "predicate");
      return value;
    };
    let value = ask();
    while (!value && (bounds.deadline === Deadline.NEVER || !bounds.deadline.passed)) {
      yield* this.#waiting(what, bounds, blocking);
      value = ask();
    }
    return value;
  }

  #check(action: string): void {
    if (this.#lock.isOwned()) return;
    throw new NotOwnerError(
      `Cannot ${action} the Condition: take its lock first, with acquire() or acquireSync()`,
    );
  }
}

/** What anyone can know of a `Condition`. */
export interface ConditionStatistics {
  /** How many wait to be notified. */
  readonly waiting: number;
}

/** The lock of the condition at `at`; the block itself keeps a handle to it under way for good. */
function lockOf(at: number): Lock | RLock {
  const lock = retainInFlight(load(at + LOCK));
  return load(at + LOCK_KIND) === 0
    ? arrive<Lock | RLock>({ at: lock }, Lock)
    : arrive<Lock | RLock>({ at: lock }, RLock);
}

function finalize(at: number): void {
  releaseInFlight(load(at + LOCK), LOCK_SIZE);
}

/** Words of a lock's block; those of an `RLock` are as many. */
const LOCK_SIZE = 3;

noteKind<number>(KIND, (at) => arrive({ at }, Condition));
