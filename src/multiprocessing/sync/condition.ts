import { checkFunction, checkWhole } from "../../core/check.ts";
import { checkWaitOptions, Deadline, type WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError, NotOwnerError } from "../../core/errors.ts";
import type { Guard } from "../../core/guard.ts";
import { noteKind } from "../../shared/memory/handle.ts";
import { HeldGuard } from "../objects/held_guard.ts";
import { type ConditionLock, type Lock, timeoutOf } from "./lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { RLock } from "./rlock.ts";
import { type Address, SharedObject, stand } from "../objects/shared_object.ts";
import { Waiters } from "./waiters.ts";

/** How a condition stands. */
export interface ConditionStatistics {
  /** How many wait to be notified. */
  readonly waiting: number;
  /** Whether its lock is held. */
  readonly locked: boolean;
}

/** A lock as the condition asks it for others. */
type FullLock = ConditionLock & {
  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean>;
  release(caller: Caller): void;
  locked(): boolean;
};

const never = new AbortController().signal;

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
  readonly #lock: FullLock;
  readonly #waiters = new Waiters<true>();

  constructor(lock: FullLock) {
    this.#lock = lock;
  }

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    return this.#lock.acquire(caller, timeout);
  }

  release(caller: Caller): void {
    this.#lock.release(caller);
  }

  async wait(caller: Caller, timeout: number | null): Promise<boolean> {
    this.#check(caller, "wait on");
    const depth = this.#lock.giveUp(caller);
    try {
      return await this.#waiters.wait(caller, timeout) !== null;
    } finally {
      // A caller that was stopped holds the lock again too. One whose process is gone does not, nor does it stand in
      // the lock's line any longer: the lock would be given to the dead, and be lost.
      const { path, owner, gone = never } = caller;
      if (!gone.aborted) await this.#lock.takeBack({ path, owner, signal: gone, gone }, depth);
    }
  }

  notify(caller: Caller, count: number): void {
    this.#check(caller, "notify");
    for (let i = Math.min(count, this.#waiters.size); i > 0; i--) this.#waiters.wake(true);
  }

  statistics(): ConditionStatistics {
    return { waiting: this.#waiters.size, locked: this.#lock.locked() };
  }

  processEnded(path: string): void {
    this.#lock.processEnded?.(path);
  }

  #check(caller: Caller, what: string): void {
    if (this.#lock.heldBy(caller)) return;
    throw new NotOwnerError(`cannot ${what} the condition: the caller does not hold its lock`);
  }
}

/**
 * Lets processes wait until another one tells them that something has changed.
 *
 * - Whoever waits or notifies holds the lock; waiting gives it up and holds it again afterwards, also when the
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
export class Condition extends SharedObject {
  /**
   * Makes it, in this process.
   *
   * @param lock the lock to use; by default a new {@link RLock}.
   * @throws {InvalidStateError} if the lock lives in another process.
   */
  constructor(lock?: Lock | RLock) {
    super(() => {
      const core = (lock ?? new RLock()).conditionLock;
      if (core === null) {
        throw new InvalidStateError(
          "cannot make a condition on this lock: it lives in another process; make the condition there and pass it on",
        );
      }
      return new ConditionCore(core as FullLock);
    });
  }

  /** Waits until its lock is free, and holds it. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Promise<Guard & AsyncDisposable>;
  /** Waits for its lock at most `timeout` milliseconds; `null` when that passes. */
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null>;
  async acquire(options: WaitOptions = {}): Promise<Guard & AsyncDisposable | null> {
    const got = await this.ask("acquire", [timeoutOf(options)], options);
    return got ? new HeldGuard(() => this.release()) : null;
  }

  /** Holds its lock if that is free; `null` otherwise. */
  tryAcquire(): Promise<Guard & AsyncDisposable | null> {
    return this.acquire({ timeout: 0 });
  }

  /** Gives its lock back. */
  async release(): Promise<void> {
    await this.ask("release");
  }

  /**
   * Waits until it is notified; `false` when the timeout passes first.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   */
  wait(options: WaitOptions = {}): Promise<boolean> {
    return this.ask("wait", [timeoutOf(options)], options);
  }

  /**
   * Waits until `predicate` holds, asking it now, after each notification and at the end.
   *
   * @returns the last answer of `predicate`.
   */
  async waitFor<T>(predicate: () => T, options: WaitOptions = {}): Promise<T> {
    checkFunction(predicate, "predicate");
    checkWaitOptions(options, "Condition.waitFor()");
    const deadline = Deadline.after(options.timeout);
    for (;;) {
      const answer = predicate();
      if (answer || deadline.passed) return answer;
      const bound = options.timeout === undefined ? {} : { timeout: deadline.remaining() };
      await this.wait({ ...options, ...bound });
    }
  }

  /**
   * Wakes up to `count` of those who wait, the first first.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   */
  async notify(count = 1): Promise<void> {
    checkWhole(count, "count", 0);
    await this.ask("notify", [count]);
  }

  /** Wakes all who wait. */
  async notifyAll(): Promise<void> {
    await this.ask("notify", [Number.MAX_SAFE_INTEGER]);
  }

  /** How it stands. */
  statistics(): Promise<ConditionStatistics> {
    return this.inspect<ConditionStatistics>();
  }

  /** Its class, for who makes it again elsewhere. */
  protected override travelsAs(): { kind: string; module: string } {
    return { kind: "Condition", module: import.meta.url };
  }
}

noteKind("mp.Condition", (address: Address) => stand(address, () => new Condition()));
