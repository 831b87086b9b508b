import { checkReturned } from "../../core/returned.ts";
import { checkFunction, checkWhole, show } from "../../core/check.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { type Leave, withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { ConditionState } from "../../sync/condition.ts";
import type { LockState } from "../../sync/lock.ts";
import { RLockState } from "../../sync/rlock.ts";
import { currentOwner } from "../objects/owner.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { Acquirable } from "./acquirable.ts";
import { Lock, type LockCore } from "./lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { RLock, RLockCore } from "./rlock.ts";
import { Block } from "../mapped/block.ts";
import { blockingBounds } from "../mapped/mapped_core.ts";
import { CONDITION_SIZE, MappedCondition, MappedConditionCore } from "../mapped/condition.ts";
import { type MappedAcquirable, MappedLockCore } from "../mapped/lock.ts";
import { MappedRLockCore } from "../mapped/rlock.ts";
import { blockOf, coreOf, noteShared, notMapped } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";

/** How a condition stands. */
export interface ConditionStatistics {
  /** How many wait to be notified. */
  readonly waiting: number;
  /** Whether its lock is held. */
  readonly locked: boolean;
}

/** A served lock of either kind. */
export type AnyLockCore = LockCore<LockState<string> | RLockState<string>>;

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "acquire",
  "release",
  "wait",
  "notify",
  "statistics",
]);

/** The condition in its home, which is its lock's home too. */
export class ConditionCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #lock: AnyLockCore;
  readonly #state: ConditionState<string>;

  constructor(lock: AnyLockCore) {
    this.#lock = lock;
    lock.keep();
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
 * - It lives where its lock lives and crosses like it, served or in shared memory. There a notified waiter may find that
 *   another process has taken the lock first; it waits on, and has its notification all the same.
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
  readonly #condition: MappedCondition | null;
  /**
   * See {@link Acquirable}.
   * @internal
   */
  protected readonly mapped: MappedAcquirable | null;

  /**
   * Makes it, in this process.
   *
   * @param lock the lock to use; by default a new {@link RLock}.
   * @throws {TypeError} if it is no lock of processes.
   * @throws {InvalidStateError} if the lock lives in another process.
   * @throws {RangeError} if the lock stands in memory that processes share and is full by now.
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
      if (!(core instanceof MappedLockCore || core instanceof MappedRLockCore)) {
        return new ConditionCore(core as AnyLockCore);
      }
      const block = Block.make(KIND, CONDITION_SIZE);
      if (block !== null) return new MappedConditionCore(block, core);
      if (lock === undefined) return new ConditionCore(new RLockCore(new RLockState()));
      throw new RangeError(
        "Cannot make a Condition on this lock: the memory in which the lock stands is full; make the condition without a lock, or let go of queues, pipes and locks that are done with",
      );
    });
    const block = blockOf(this), core = coreOf(this);
    this.#condition = core instanceof MappedConditionCore
      ? core.condition
      : block === null
      ? null
      : MappedCondition.of(block);
    this.mapped = this.#condition?.lock ?? null;
  }

  /**
   * Waits until it is notified; `false` when the timeout passes first.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   */
  wait(options: WaitOptions = {}): Promise<boolean> {
    const owner = currentOwner();
    return withdrawable<boolean>(
      (leave) => this.#waitOnce(owner, timeoutOf(options), leave),
      { options, call: "Condition.wait()", source: this.#notificationOf(owner) },
    );
  }

  /**
   * As {@link wait}, blocking this process.
   *
   * @throws {NotOwnerError} if the caller does not hold the lock.
   * @throws {InvalidStateError} if it does not stand in memory that this process reaches, which takes Linux and `--allow-ffi`.
   */
  waitSync(options?: WaitOptions): boolean {
    const condition = this.#reached("wait()");
    const bounds = blockingBounds(options, "Condition.waitSync()");
    return condition.block.memory.block(
      condition.untilNotified(currentOwner(), "Condition.waitSync()", bounds, true),
    );
  }

  /**
   * Waits until `predicate` holds, asking it now, after each notification and at the end.
   *
   * @returns what `predicate` gave last.
   * @throws {TypeError} if `predicate` returns a promise.
   */
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Promise<T> {
    const owner = currentOwner();
    return withdrawable<T>(async (leave) => {
      checkFunction(predicate, "predicate");
      const deadline = Deadline.after(options.timeout);
      for (;;) {
        const answer = predicate();
        checkReturned(answer, "predicate");
        if (answer || deadline.passed) return answer;
        await this.#waitOnce(
          owner,
          deadline === Deadline.NEVER ? null : deadline.remaining(),
          leave,
        );
      }
    }, { options, call: "Condition.waitFor()", source: this.#notificationOf(owner) });
  }

  /**
   * As {@link waitFor}, blocking this process.
   *
   * @throws {InvalidStateError} as {@link waitSync}.
   */
  waitForSync<T>(predicate: () => T, options?: WaitOptions): T {
    const condition = this.#reached("waitFor()");
    checkFunction(predicate, "predicate");
    const bounds = blockingBounds(options, "Condition.waitForSync()");
    const owner = currentOwner();
    for (;;) {
      const answer = predicate();
      checkReturned(answer, "predicate");
      if (answer || bounds.deadline.passed) return answer;
      condition.block.memory.block(
        condition.untilNotified(owner, "Condition.waitForSync()", bounds, true),
      );
    }
  }

  #waitOnce(owner: string, timeout: number | null, leave: Leave): Promise<boolean> {
    const condition = this.#condition;
    if (condition === null) {
      return Promise.resolve(this.question<boolean>("wait", [timeout], leave, owner));
    }
    const deadline = timeout === null ? Deadline.NEVER : Deadline.after(timeout);
    const bounds = { deadline, signal: leave.signal };
    return condition.block.memory.run(
      condition.untilNotified(owner, "Condition.wait()", bounds, false),
      this,
    );
  }

  #reached(way: string): MappedCondition {
    if (this.#condition === null) throw notMapped("wait for the Condition", way);
    return this.#condition;
  }

  /** What a wait is granted: one that its owner does not use goes to the next, while the lock is held still. */
  #notificationOf(owner: string): Source<unknown> {
    return {
      returned: (notified) => {
        if (!notified) return;
        if (this.#condition !== null) this.#condition.passOn(1);
        else this.ask("notify", [1], owner).catch(reportError);
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
    if (this.#condition !== null) this.#condition.notify(count);
    else await this.ask("notify", [count]);
  }

  /** Wakes all waiters. */
  async notifyAll(): Promise<void> {
    await this.notify(Number.MAX_SAFE_INTEGER);
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<ConditionStatistics> {
    const condition = this.#condition;
    if (condition === null) return await this.inspect<ConditionStatistics>();
    return Object.freeze({ waiting: condition.waiting, locked: condition.lock.isLocked });
  }
}

const KIND = "mp.Condition";

noteShared(KIND, Condition, import.meta.url);
