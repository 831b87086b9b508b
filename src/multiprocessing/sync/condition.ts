import { checkReturned } from "../../core/returned.ts";
import { checkFunction, checkWhole, show } from "../../core/check.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { ConditionState } from "../../sync/condition.ts";
import type { LockState } from "../../sync/lock.ts";
import type { RLockState } from "../../sync/rlock.ts";
import { currentOwner } from "../objects/owner.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { Acquirable } from "./acquirable.ts";
import { Lock, type LockCore } from "./lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { RLock } from "./rlock.ts";
import { coreOf, noteShared } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";

/** How a condition stands. */
export interface ConditionStatistics {
  /** How many wait to be notified. */
  readonly waiting: number;
  /** Whether its lock is held. */
  readonly locked: boolean;
}

/** A lock of either kind. */
type AnyLockCore = LockCore<LockState<string> | RLockState<string>>;

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "acquire",
  "release",
  "wait",
  "notify",
  "statistics",
]);

/** The condition in its home, which is its lock's home too. */
class ConditionCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #lock: AnyLockCore;
  readonly #state: ConditionState<string>;

  constructor(lock: AnyLockCore) {
    this.#lock = lock;
    this.#state = new ConditionState<string>(lock.state);
  }

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    return this.#lock.acquire(caller, timeout);
  }

  release(caller: Caller): void {
    this.#lock.release(caller);
  }

  wait(caller: Caller, timeout: number | null): Promise<boolean> {
    this.#state.check("wait on", caller.owner);
    return waitIn(this.#state, caller.owner, caller, timeout);
  }

  notify(caller: Caller, count: number): void {
    this.#state.check("notify", caller.owner);
    this.#state.notify(count);
  }

  statistics(): ConditionStatistics {
    return { waiting: this.#state.waiting, locked: this.#lock.locked() };
  }

  processEnded(path: string): void {
    this.#lock.processEnded(path);
  }
}

/**
 * Lets processes wait until another one tells them that something has changed.
 *
 * - The caller of a wait or notify holds the lock; waiting gives it up and holds it again afterwards, also when the
 *   wait timed out or was stopped.
 * - First come, first notified; a notification that finds nobody is not remembered.
 * - It lives where its lock lives and crosses like it.
 *
 * Source: `multiprocessing.Condition`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Condition, Lock } from "@quartet/concurrency/multiprocessing";
 *
 * const changed = new Condition(new Lock());
 * let ready = false;
 * const waiting = (async () => {
 *   await using _held = await changed.acquire();
 *   return await changed.waitFor(() => ready);
 * })();
 * {
 *   await using _held = await changed.acquire();
 *   ready = true;
 *   await changed.notifyAll();
 * }
 * assertEquals(await waiting, true);
 * ```
 */
export class Condition extends Acquirable {
  /**
   * Makes it, in this process.
   *
   * @param lock the lock to use; by default a new {@link RLock}.
   * @throws {TypeError} if it is no lock of processes.
   * @throws {InvalidStateError} if the lock lives in another process.
   */
  constructor(lock?: Lock | RLock) {
    if (lock !== undefined && !(lock instanceof Lock || lock instanceof RLock)) {
      throw new TypeError(
        `Cannot make a Condition of ${show(lock)}: give a Lock or RLock of multiprocessing`,
      );
    }
    super(() => {
      const core = coreOf(lock ?? new RLock());
      if (core === null) {
        throw new InvalidStateError(
          "Cannot make a Condition on this lock: it lives in another process; make the condition there and pass it on",
        );
      }
      return new ConditionCore(core as AnyLockCore);
    });
  }

  /**
   * Waits until it is notified; `false` when the timeout passes first.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   */
  wait(options: WaitOptions = {}): Promise<boolean> {
    return withdrawable<boolean>(
      (leave) => this.question<boolean>("wait", [timeoutOf(options)], leave),
      { options, call: "Condition.wait()", source: this.#notificationOf(currentOwner()) },
    );
  }

  /**
   * Waits until `predicate` holds, asking it now, after each notification and at the end.
   *
   * @returns the last answer of `predicate`.
   * @throws {TypeError} if `predicate` returns a promise.
   */
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Promise<T> {
    return withdrawable<T>(async (leave) => {
      checkFunction(predicate, "predicate");
      const deadline = Deadline.after(options.timeout);
      for (;;) {
        const answer = predicate();
        checkReturned(answer, "predicate");
        if (answer || deadline.passed) return answer;
        const timeout = deadline === Deadline.NEVER ? null : deadline.remaining();
        await this.question("wait", [timeout], leave);
      }
    }, { options, call: "Condition.waitFor()", source: this.#notificationOf(currentOwner()) });
  }

  /** What a wait is granted: one that its owner does not use goes to the next, while the lock is held still. */
  #notificationOf(owner: string): Source<unknown> {
    return {
      returned: (notified) => {
        if (notified) this.ask("notify", [1], owner).catch(reportError);
      },
    };
  }

  /**
   * Wakes up to `count` of the waiters, the first first.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   */
  async notify(count = 1): Promise<void> {
    checkWhole(count, "count", 0);
    await this.ask("notify", [count]);
  }

  /** Wakes all waiters. */
  async notifyAll(): Promise<void> {
    await this.ask("notify", [Number.MAX_SAFE_INTEGER]);
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<ConditionStatistics> {
    return this.inspect<ConditionStatistics>();
  }
}

noteShared("mp.Condition", Condition, import.meta.url);
