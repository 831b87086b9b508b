/**
 * A lock in the family's memory that its owner may take again.
 *
 *     word        what stands there
 *     MUTEX       `shared/sync/mutex.ts`: it names the process
 *     ABANDONED   how many times a process ended while it held the lock
 *     DEPTH       how many times the owner holds it
 *
 * The owner is a task or job of a process, or the process where there is none. Which of them it is, is known in that process.
 */
import { DeadlockError, NotOwnerError } from "../../core/errors.ts";
import { releaseUnused } from "../../core/guard.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import { currentOwner, processOf } from "../objects/owner.ts";
import { type Caller, isWithin } from "../objects/served_objects.ts";
import type { RLockStatistics } from "../sync/rlock.ts";
import type { Block } from "./block.ts";
import { LOCK_SIZE, MappedMutex, type MappedRelockable } from "./lock.ts";
import { acquireFor, type MappedCore } from "./mapped_core.ts";

const DEPTH = LOCK_SIZE;
/** How many words it takes. */
export const RLOCK_SIZE: number = LOCK_SIZE + 1;

/** The locks that this process knows, by their addresses: the lock itself and its conditions must agree on the owner. */
const known = new Map<number, WeakRef<MappedRLock>>();
const collected = new FinalizationRegistry<number>((at) => {
  if (known.get(at)?.deref() === undefined) known.delete(at);
});

/** The lock of one block. */
export class MappedRLock implements MappedRelockable {
  readonly block: Block;
  readonly mutex: MappedMutex;
  /** Which of this process's owners holds it, and how often; stale when the word does not name this process. */
  #owner: string | null = null;
  #depth = 0;

  private constructor(block: Block) {
    this.block = block;
    this.mutex = new MappedMutex(block, WaitKind.rlock);
  }

  /** The lock of a block, the same as long as this process has it. */
  static of(block: Block): MappedRLock {
    const { at } = block;
    const before = known.get(at)?.deref();
    if (before !== undefined && before.block.isSame(block)) return before;
    const lock = new MappedRLock(block);
    known.set(at, new WeakRef(lock));
    collected.register(lock, at);
    return lock;
  }

  get isAwaitedHere(): boolean {
    return this.mutex.isAwaitedHere;
  }

  tryAcquire(owner: string = currentOwner()): boolean {
    if (this.#owner === owner && this.mutex.isHere) {
      this.block.memory.store(this.block.at + DEPTH, ++this.#depth);
      return true;
    }
    return this.mutex.tryTake() && this.#own(owner, 1);
  }

  *acquiring(owner: string, what: string, bounds: Bounds, blocking: boolean): Waiting<boolean> {
    if (this.tryAcquire(owner)) return true;
    if (blocking && this.mutex.isHere && bounds.deadline.at === Infinity) {
      throw new DeadlockError(
        `${what} can never succeed: another task of this process holds it and cannot run while the process blocks; use acquire()`,
      );
    }
    return (yield* this.mutex.taking(what, bounds, blocking)) && this.#own(owner, 1);
  }

  release(_count?: number, owner: string = currentOwner()): void {
    this.block.check();
    if (!this.isOwnedBy(owner)) {
      throw new NotOwnerError(
        "Cannot release the RLock: this caller does not hold it; release it where it was acquired",
      );
    }
    if (this.#depth === 1) this.#free();
    else this.block.memory.store(this.block.at + DEPTH, --this.#depth);
  }

  /** For a guard that reaches nobody: its lock is held still by the work that took it, whoever runs now. */
  [releaseUnused](): void {
    if (this.#owner !== null && this.mutex.isHere) this.release(1, this.#owner);
  }

  get isLocked(): boolean {
    return this.mutex.holder !== 0;
  }

  isHeldBy(owner: string): boolean {
    this.block.check();
    return this.isOwnedBy(owner);
  }

  /** Whether an owner of this process holds it. */
  isOwnedBy(owner: string): boolean {
    return this.#owner === owner && this.mutex.isHere;
  }

  unwind(owner: string): (blocking: boolean, owes: number) => Waiting<void> {
    const depth = this.#depth;
    this.#free();
    const mutex = this.mutex, own = (): boolean => this.#own(owner, depth);
    return function* (blocking, owes) {
      yield* mutex.retaking(blocking, owes);
      own();
    };
  }

  statistics(): RLockStatistics {
    const statistics = this.mutex.statistics();
    const depth = statistics.locked ? this.block.memory.load(this.block.at + DEPTH) : 0;
    return { ...statistics, depth };
  }

  /** Lets it go if a process has ended for which this one had taken it. */
  processEnded(path: string): void {
    const owner = this.#owner;
    if (owner === null || !isWithin(processOf(owner), path) || !this.mutex.isHere) return;
    this.#owner = null;
    this.mutex.abandon();
  }

  #own(owner: string, depth: number): true {
    this.#owner = owner;
    this.#depth = depth;
    this.block.memory.store(this.block.at + DEPTH, depth);
    return true;
  }

  #free(): void {
    this.#owner = null;
    this.mutex.release();
  }
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "acquire",
  "release",
  "isOwned",
  "locked",
  "statistics",
]);

/** The lock in its home, for those that do not reach the family's memory. */
export class MappedRLockCore implements MappedCore {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly block: Block;
  readonly lock: MappedRLock;

  constructor(block: Block) {
    this.block = block;
    this.lock = MappedRLock.of(block);
    block.belongTo(this);
  }

  async acquire(caller: Caller, timeout: number | null): Promise<boolean> {
    const { lock } = this;
    const got = await acquireFor(this, caller, timeout, lock, "RLock.acquire()");
    if (got) this.letGoOfDead(caller);
    return got;
  }

  /** Lets it go if it was taken for a process that had ended by then. */
  letGoOfDead({ path, gone }: Caller): void {
    if (gone?.aborted) this.lock.processEnded(path);
  }

  release({ owner }: Caller): void {
    this.lock.release(1, owner);
  }

  isOwned({ owner }: Caller): boolean {
    return this.lock.isHeldBy(owner);
  }

  locked(): boolean {
    return this.lock.isLocked;
  }

  statistics(): RLockStatistics {
    return this.lock.statistics();
  }

  processEnded(path: string): void {
    this.lock.processEnded(path);
  }
}
