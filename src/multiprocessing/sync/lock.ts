import type { Guard } from "../../core/guard.ts";
import { LockState } from "../../sync/lock.ts";
import type { RLockState } from "../../sync/rlock.ts";
import { Block } from "../mapped/block.ts";
import { LOCK_SIZE, MappedLock, MappedLockCore } from "../mapped/lock.ts";
import { Acquirable } from "./acquirable.ts";
import { processOf } from "../objects/owner.ts";
import { type Caller, type Core, isWithin } from "../objects/served_objects.ts";
import { blockOf, coreOf, noteShared } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";

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
const QUESTIONS: ReadonlySet<string> = new Set(["acquire", "release", "locked", "statistics"]);

/** A lock in its home, re-entrant or not: who holds it is a task or job of a process, by its owner's name. */
export class LockCore<S extends LockState<string> | RLockState<string>> implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  /** The state machine, also for conditions. */
  readonly state: S;
  #abandoned = 0;

  constructor(state: S) {
    this.state = state;
  }

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    const { owner } = caller;
    if (this.state.tryAcquire(owner) !== null) return true;
    return waitIn<Guard | null, string>(this.state, owner, caller, timeout).then(isHeld);
  }

  release({ owner }: Caller): void {
    this.state.release(owner);
  }

  locked(): boolean {
    return this.state.held;
  }

  statistics(): LockStatistics {
    return {
      locked: this.locked(),
      waiting: this.state.waiting,
      abandoned: this.#abandoned,
    };
  }

  processEnded(path: string): void {
    const { holder } = this.state;
    if (holder === undefined || !isWithin(processOf(holder), path)) return;
    this.#abandoned++;
    this.state.giveUp(holder);
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
 *   Python. Elsewhere it is served by the process that made it: first come, first served, each step a message.
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

const KIND = "mp.Lock";

noteShared(KIND, Lock, import.meta.url);
