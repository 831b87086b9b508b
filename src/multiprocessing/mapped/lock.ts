/**
 * A lock in the family's memory: the mutex of `shared/sync`, whose word names the process that holds it.
 *
 *     word        what stands there
 *     MUTEX       `shared/sync/mutex.ts`
 *     ABANDONED   how many times a process ended while it held the lock
 *
 * What a process held that has ended is free for whoever wants it next: that one takes it over, and counts it.
 */
import { Deadline } from "../../core/deadline.ts";
import { NotOwnerError } from "../../core/errors.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import {
  inherit,
  type MutexOptions,
  recover,
  release,
  take,
  tryTake,
} from "../../shared/sync/mutex.ts";
import { type Caller, isWithin } from "../objects/served_objects.ts";
import type { LockStatistics } from "../sync/lock.ts";
import type { Block } from "./block.ts";
import { acquireFor, type MappedCore } from "./mapped_core.ts";

const MUTEX = 0, ABANDONED = 1;
/** How many words it takes. */
export const LOCK_SIZE = 2;

const UNBOUND: Bounds = { deadline: Deadline.NEVER, signal: undefined };

/** What is acquired and released in the family's memory, by owners of this process. */
export interface MappedAcquirable {
  readonly block: Block;
  /** Whether somebody waits for it in this process's event loop. */
  readonly isAwaitedHere: boolean;
  /** Takes it if that is possible at once; by default for what runs. */
  tryAcquire(owner?: string): boolean;
  /** Waits until it can be taken, and takes it; `false` when the deadline passed. */
  acquiring(owner: string, what: string, bounds: Bounds, blocking: boolean): Waiting<boolean>;
  /** Gives it back. */
  release(count?: number, owner?: string): void;
}

/** A lock that a condition gives up and takes back. */
export interface MappedRelockable extends MappedAcquirable {
  /** Whether anybody holds it. */
  readonly isLocked: boolean;
  /** Whether it is held so that `owner` may use a condition on it. */
  isHeldBy(owner: string): boolean;
  /** Gives it up altogether; returns how it is taken back. `owes`: the line that gets the wake-up if this process ends. */
  unwind(owner: string): (blocking: boolean, owes: number) => Waiting<void>;
}

/** The mutex of one block. */
export class MappedMutex {
  readonly block: Block;
  readonly #word: number;
  readonly #kind: number;

  constructor(block: Block, kind: number) {
    this.block = block;
    this.#word = block.at + MUTEX;
    this.#kind = kind;
  }

  /** Takes it, if it is free or its holder has ended. */
  tryTake(): boolean {
    const { block } = this;
    block.check();
    if (tryTake(block.memory, this.#word)) return true;
    if (!inherit(block.memory, this.#word)) return false;
    this.#count();
    return true;
  }

  /** Takes it, waiting as long as need be; `false` when the deadline passed. */
  *taking(
    what: string,
    bounds: Bounds,
    blocking: boolean,
    more?: Partial<MutexOptions>,
  ): Waiting<boolean> {
    if (this.tryTake()) return true;
    const options = {
      what,
      kind: this.#kind,
      fair: false,
      blocking,
      inherited: this.#count,
      ...more,
    };
    return yield* take(this.block.memory, this.#word, options, bounds);
  }

  /** Takes it back for a condition. */
  *retaking(blocking: boolean, owes: number): Waiting<void> {
    yield* this.taking("Condition.wait()", UNBOUND, blocking, { unstoppable: true, owes });
  }

  /** Lets it go; `false` if nobody holds it. */
  release(): boolean {
    this.block.check();
    return release(this.block.memory, this.#word, false);
  }

  get isAwaitedHere(): boolean {
    return this.block.memory.isAwaitedHere(this.#word);
  }

  /** The participant that holds it; 0: nobody. */
  get holder(): number {
    const { block } = this;
    block.check();
    if (recover(block.memory, this.#word, false)) this.#count();
    return block.memory.load(this.#word) >>> 1;
  }

  /** Whether this process holds it. */
  get isHere(): boolean {
    const { memory } = this.block;
    return memory.load(this.#word) >>> 1 === memory.me;
  }

  /** What all can know of it. */
  statistics(): LockStatistics {
    const locked = this.holder !== 0;
    const { memory, at } = this.block;
    return {
      locked,
      waiting: memory.parkedAt(this.#word),
      abandoned: memory.load(at + ABANDONED),
    };
  }

  /** Lets it go for one of this process's owners that has ended. */
  abandon(): void {
    if (this.release()) this.#count();
  }

  readonly #count = (): void => {
    this.block.memory.add(this.block.at + ABANDONED, 1);
  };
}

/** The lock of one block. */
export class MappedLock implements MappedRelockable {
  readonly block: Block;
  readonly mutex: MappedMutex;
  /** The process that this one has taken it for; `null`: none. */
  borrower: string | null = null;

  constructor(block: Block) {
    this.block = block;
    this.mutex = new MappedMutex(block, WaitKind.lock);
  }

  get isAwaitedHere(): boolean {
    return this.mutex.isAwaitedHere;
  }

  tryAcquire(): boolean {
    if (!this.mutex.tryTake()) return false;
    this.borrower = null;
    return true;
  }

  *acquiring(_owner: string, what: string, bounds: Bounds, blocking: boolean): Waiting<boolean> {
    if (!(yield* this.mutex.taking(what, bounds, blocking))) return false;
    this.borrower = null;
    return true;
  }

  release(): void {
    this.borrower = null;
    if (this.mutex.release()) return;
    throw new NotOwnerError("Cannot release the Lock: nobody holds it; acquire it first");
  }

  get isLocked(): boolean {
    return this.mutex.holder !== 0;
  }

  isHeldBy(): boolean {
    return this.isLocked;
  }

  unwind(): (blocking: boolean, owes: number) => Waiting<void> {
    const { borrower } = this;
    this.release();
    const mutex = this.mutex, restore = (): void => void (this.borrower = borrower);
    return function* (blocking, owes) {
      yield* mutex.retaking(blocking, owes);
      restore();
    };
  }

  statistics(): LockStatistics {
    return this.mutex.statistics();
  }

  /** Lets it go if a process has ended for which this one had taken it. */
  processEnded(path: string): void {
    if (this.borrower === null || !isWithin(this.borrower, path) || !this.mutex.isHere) return;
    this.borrower = null;
    this.mutex.abandon();
  }
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["acquire", "release", "locked", "statistics"]);

/** The lock in its home, for those that do not reach the family's memory. */
export class MappedLockCore implements MappedCore {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly block: Block;
  readonly lock: MappedLock;

  constructor(block: Block) {
    this.block = block;
    this.lock = new MappedLock(block);
    block.belongTo(this);
  }

  async acquire(caller: Caller, timeout: number | null): Promise<boolean> {
    const { lock } = this;
    const got = await acquireFor(this, caller, timeout, lock, "Lock.acquire()");
    if (got) {
      lock.borrower = caller.path;
      this.letGoOfDead(caller);
    }
    return got;
  }

  release(_caller: Caller): void {
    this.lock.release();
  }

  /** Lets it go if it was taken for a process that had ended by then. */
  letGoOfDead({ path, gone }: Caller): void {
    if (gone?.aborted) this.lock.processEnded(path);
  }

  locked(): boolean {
    return this.lock.isLocked;
  }

  statistics(): LockStatistics {
    return this.lock.statistics();
  }

  processEnded(path: string): void {
    this.lock.processEnded(path);
  }
}
