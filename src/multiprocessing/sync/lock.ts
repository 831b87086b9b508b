import type { Guard } from "../../core/guard.ts";
import { LockState } from "../../sync/lock.ts";
import { show } from "../../core/check.ts";
import { InvalidStateError, TransferError } from "../../core/errors.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import type { RLockState } from "../../sync/rlock.ts";
import { Block } from "../mapped/block.ts";
import { LOCK_SIZE, MappedLock, MappedLockCore } from "../mapped/lock.ts";
import { Acquirable } from "./acquirable.ts";
import { processOf } from "../objects/owner.ts";
import { type Caller, type Core, isWithin } from "../objects/served_objects.ts";
import { blockOf, coreOf, noteShared } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";
import { Lease } from "./lease.ts";
import { type Leased, RemoteLock } from "./remote_lock.ts";

/** How a lock stands. */
export interface LockStatistics {
  /** Whether somebody holds it. */
  readonly locked: boolean;
  /** How many wait for it. */
  readonly waiting: number;
  /** How many times a process ended while it held the lock. */
  readonly abandoned: number;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "acquire",
  "lease",
  "release",
  "giveUp",
  "locked",
  "statistics",
]);

/** A lock in its home, re-entrant or not: who holds it is a task or job of a process, by its owner's name. */
export class LockCore<S extends LockState<string> | RLockState<string>> implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  /** The state machine, also for conditions. */
  readonly state: S;
  #abandoned = 0;
  /** The process that keeps it; to the state it is held meanwhile. */
  #lease: Lease | null = null;
  /** The last lease during which another process released it. */
  #overruled: Lease | null = null;
  #mayLease = true;

  constructor(state: S) {
    this.state = state;
  }

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    const { owner } = caller;
    this.#want();
    if (this.state.tryAcquire(owner) !== null) return true;
    return waitIn<Guard | null, string>(this.state, owner, caller, timeout).then(isHeld);
  }

  /** As {@link LockCore.acquire}, and lets a child keep it until it is wanted. */
  lease(caller: Caller, timeout: number | null): Leased | Promise<Leased> {
    const lend = (isHeld: boolean): Leased => isHeld ? this.#lend(caller.path) : false;
    const got = this.acquire(caller, timeout);
    return got instanceof Promise ? got.then(lend) : lend(got);
  }

  release({ owner }: Caller): void {
    this.#recall();
    if (this.#lease?.isRecalled === false) {
      throw new InvalidStateError(
        "Cannot release the lock: its holder cannot be told, since nothing can be noted on the disk; release it where it is held",
      );
    }
    this.#end(false);
    this.state.release(owner);
  }

  /** The process that had a lease needs it no longer; it is over perhaps, or another has released the lock since. */
  giveUp(caller: Caller, lease: number): void {
    if (this.#lease?.is(caller.path, lease)) this.#end(true);
    else if (this.#overruled?.is(caller.path, lease)) this.release(caller);
  }

  locked(): boolean {
    return this.#lease?.isHeld ?? this.state.held;
  }

  /** Leases it to nobody any more: what uses its state knows of no lease. */
  keep(): void {
    this.#mayLease = false;
    this.#recall();
  }

  posted(from: string, what: string, [lease]: readonly unknown[]): void {
    if (what !== "giveUp") throw new TransferError(`Cannot read a post to a lock: ${show(what)}`);
    if (this.#lease?.is(from, lease)) this.#end(true);
  }

  letGoBy(path: string): void {
    if (this.#lease?.path === path) this.#end(!this.#lease.isHeld);
  }

  statistics(): LockStatistics {
    return {
      locked: this.locked(),
      waiting: this.state.waiting,
      abandoned: this.#abandoned,
    };
  }

  processEnded(path: string): void {
    if (this.#lease !== null && isWithin(this.#lease.path, path)) this.letGoBy(this.#lease.path);
    const { holder } = this.state;
    if (holder === undefined || !isWithin(processOf(holder), path)) return;
    this.#abandoned++;
    this.state.giveUp(holder);
  }

  #lend(path: string): Leased {
    // Somebody else may have released it since it was granted.
    const { holder } = this.state;
    const isHeld = this.state.held && holder !== undefined && processOf(holder) === path;
    if (!this.#mayLease || !isHeld || this.#lease !== null) return true;
    this.#lease = Lease.to(path, this.#recall);
    if (this.#lease === null) return true;
    const isWanted = this.state.waiting > 0;
    if (isWanted) this.#lease.callAfterSlice(this.#recallIfWanted);
    return [this.#lease.number, isWanted];
  }

  /** Somebody is about to take it, or to wait for it. */
  #want(): void {
    if (this.#lease === null) return;
    if (!this.#lease.isHeld) this.#recall();
    this.#lease?.want(this, this.#recallIfWanted);
  }

  /** Has it back if its process does not hold it, and else when that releases it. */
  readonly #recall = (): void => {
    if (this.#lease?.recall(this) === true && !this.#lease.isHeld) this.#end(true);
  };

  readonly #recallIfWanted = (): void => {
    if (this.state.waiting > 0) this.#recall();
  };

  /** Ends the lease, if there is one; `isFree`: its process does not hold it any more. */
  #end(isFree: boolean): void {
    const lease = this.#lease;
    if (lease === null) return;
    lease.end();
    this.#lease = null;
    if (isFree) this.state.release(this.state.holder as string);
    else this.#overruled = lease;
  }
}

/** Whether a wait gave what is held. */
export function isHeld(guard: Guard | null): boolean {
  return guard !== null;
}

/**
 * A mutual exclusion between processes.
 *
 * - Not re-entrant, and anyone may release it, as in Python.
 * - It can be passed to other processes as an argument, inside values and through queues; there it is the same lock.
 * - On Linux, with `--allow-ffi`, it stands in memory that the family of processes shares: then it costs a fraction of
 *   a microsecond, `acquireSync()` can block for it, and a running process may take it ahead of the waiters, as in
 *   Python. Elsewhere it is served by the process that made it: first come, first served. A child of that process keeps it
 *   until somebody else wants it, and may take it again ahead of the waiters for at most a millisecond.
 * - A process that ends while it holds the lock gives it back; `statistics()` counts that. Not like
 *   Python, where everybody else then waits forever.
 *
 * Source: `multiprocessing.Lock`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Lock } from "@quartet/concurrency/multiprocessing";
 *
 * const lock = new Lock();
 * {
 *   await using _held = await lock.acquire();
 *   assertEquals(await lock.locked(), true);
 * }
 * assertEquals(await lock.locked(), false);
 * ```
 */
export class Lock extends Acquirable {
  /**
   * See {@link Acquirable}.
   * @internal
   */
  protected readonly mapped: MappedLock | null;
  #remote: RemoteLock | null | undefined = undefined;

  constructor() {
    super(() => {
      const block = Block.make(KIND, LOCK_SIZE);
      return block === null ? new LockCore(new LockState<string>()) : new MappedLockCore(block);
    });
    const block = blockOf(this), core = coreOf(this);
    this.mapped = core instanceof MappedLockCore
      ? core.lock
      : block === null
      ? null
      : new MappedLock(block);
  }

  /**
   * See {@link Acquirable}.
   * @internal
   */
  protected override hold(timeout: number | null, leave: Leave): boolean | Promise<boolean> {
    return this.#kept?.acquire(timeout, leave) ?? super.hold(timeout, leave);
  }

  /**
   * See {@link Acquirable}.
   * @internal
   */
  protected override letGo(owner?: string): Promise<void> {
    return this.#kept?.release() ?? super.letGo(owner);
  }

  /** The lock as this process keeps it; `null` where it cannot. */
  get #kept(): RemoteLock | null {
    if (this.#remote !== undefined) return this.#remote;
    const address = this.servedAt;
    this.#remote = address === null ? null : RemoteLock.at(address);
    if (this.#remote !== null) collected.register(this, this.#remote);
    return this.#remote;
  }

  /** Whether somebody holds it. */
  async locked(): Promise<boolean> {
    return this.mapped === null ? await this.ask("locked") : this.mapped.isLocked;
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<LockStatistics> {
    if (this.mapped === null) return await this.inspect<LockStatistics>();
    return Object.freeze(this.mapped.statistics());
  }
}

/** Locks that nobody here has any more. */
const collected = new FinalizationRegistry<RemoteLock>((remote) => remote.end());

const KIND = "mp.Lock";

noteShared(KIND, Lock, import.meta.url);
