/**
 * A condition in the family's memory: a line of `shared/sync`, beside the block of its lock.
 *
 *     word       what stands there
 *     LINE       0 for good: the waiters stand in line here (`shared/sync/condition.ts`)
 *     LOCK       where the block of its lock begins
 *     IS_RLOCK   1 if that is an RLock
 */
import { NotOwnerError } from "../../core/errors.ts";
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import { notify, untilNotified } from "../../shared/sync/condition.ts";
import { currentOwner } from "../objects/owner.ts";
import type { Caller } from "../objects/served_objects.ts";
import type { ConditionStatistics } from "../sync/condition.ts";
import { Block } from "./block.ts";
import { MappedLock, MappedLockCore, type MappedRelockable } from "./lock.ts";
import { type MappedCore, waitFor } from "./mapped_core.ts";
import { MappedRLock, type MappedRLockCore } from "./rlock.ts";

const LINE = 0, LOCK = 1, IS_RLOCK = 2;
/** How many words it takes. */
export const CONDITION_SIZE = 3;

/** The lock of a condition, of either kind, in its home. */
export type MappedLocks = MappedLockCore | MappedRLockCore;

/** The condition of one block. */
export class MappedCondition {
  readonly block: Block;
  readonly lock: MappedRelockable;
  readonly #line: number;

  constructor(block: Block, lock: MappedRelockable) {
    this.block = block;
    this.lock = lock;
    this.#line = block.at + LINE;
  }

  /** Notes the lock in a fresh block. */
  static init({ memory, at }: Block, lock: MappedLocks): void {
    memory.store(at + LOCK, lock.block.address.at);
    memory.store(at + IS_RLOCK, lock instanceof MappedLockCore ? 0 : 1);
  }

  /** The condition of a block that another process has made; `null` if that process is gone. */
  static of(block: Block): MappedCondition | null {
    const { memory, at } = block;
    const isRLock = memory.load(at + IS_RLOCK) === 1;
    const lock = Block.at(memory, memory.load(at + LOCK), isRLock ? "mp.RLock" : "mp.Lock");
    if (lock === null) return null;
    return new MappedCondition(block, isRLock ? MappedRLock.of(lock) : new MappedLock(lock));
  }

  /** How many wait to be notified. */
  get waiting(): number {
    return this.block.memory.parkedAt(this.#line);
  }

  /**
   * Waits to be notified, without the lock meanwhile; `false` when the deadline passed.
   *
   * @throws {NotOwnerError} if `owner` does not hold the lock.
   */
  *untilNotified(owner: string, what: string, bounds: Bounds, blocking: boolean): Waiting<boolean> {
    this.#check("wait on", owner);
    const { lock } = this;
    let retake: ReturnType<typeof lock.unwind>;
    return yield* untilNotified(
      this.block.memory,
      this.#line,
      {
        unwind: () => void (retake = lock.unwind(owner)),
        rewind: (owes) => retake(blocking, owes),
      },
      what,
      bounds,
    );
  }

  /**
   * Wakes up to `count` of the waiters.
   *
   * @throws {NotOwnerError} if `owner` does not hold the lock.
   */
  notify(count: number, owner: string = currentOwner()): void {
    this.#check("notify", owner);
    this.passOn(count);
  }

  /** Wakes up to `count` of the waiters, whoever holds the lock. */
  passOn(count: number): void {
    notify(this.block.memory, this.#line, count);
  }

  #check(what: string, owner: string): void {
    this.block.check();
    if (this.lock.isHeldBy(owner)) return;
    throw new NotOwnerError(
      `Cannot ${what} the condition: its lock is not held; acquire it first`,
    );
  }
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "acquire",
  "release",
  "wait",
  "notify",
  "statistics",
]);

/** The condition in its home, for those that do not reach the family's memory. */
export class MappedConditionCore implements MappedCore {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly block: Block;
  readonly condition: MappedCondition;
  readonly #lock: MappedLocks;

  constructor(block: Block, lock: MappedLocks) {
    this.block = block;
    this.#lock = lock;
    MappedCondition.init(block, lock);
    this.condition = new MappedCondition(block, lock.lock);
    block.belongTo(this);
  }

  acquire(caller: Caller, timeout: number | null): Promise<boolean> {
    return this.#lock.acquire(caller, timeout);
  }

  release(caller: Caller): void {
    this.#lock.release(caller);
  }

  async wait(caller: Caller, timeout: number | null): Promise<boolean> {
    const { condition } = this, { owner } = caller;
    try {
      return await waitFor(
        this,
        caller,
        timeout,
        (bounds) => condition.untilNotified(owner, "Condition.wait()", bounds, false),
      );
    } finally {
      this.#lock.letGoOfDead(caller);
    }
  }

  notify({ owner }: Caller, count: number): void {
    this.condition.notify(count, owner);
  }

  statistics(): ConditionStatistics {
    return { waiting: this.condition.waiting, locked: this.#lock.locked() };
  }

  processEnded(path: string): void {
    this.#lock.processEnded(path);
  }
}
