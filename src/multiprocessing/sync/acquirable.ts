import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { EOFError } from "../../core/errors.ts";
import type { Guard } from "../../core/guard.ts";
import { type Leave, withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { granted } from "../../core/withdrawal/withdrawable.ts";
import type { MappedAcquirable } from "../mapped/lock.ts";
import { blockingBounds } from "../mapped/mapped_core.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { currentOwner } from "../objects/owner.ts";
import { HeldGuard, MappedGuard } from "../objects/held_guard.ts";
import { notMapped, SharedObject } from "../objects/shared_object.ts";

/** What processes acquire and release: a lock, a semaphore, a condition with its lock. */
export abstract class Acquirable extends SharedObject {
  /**
   * The same in the family's memory; `null` where it is served.
   * @internal
   */
  protected abstract readonly mapped: MappedAcquirable | null;

  /** Waits until it can be held, and holds it. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Promise<Guard & AsyncDisposable>;
  /** Waits for it at most `timeout` milliseconds; `null` when that passes. */
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null>;
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null> {
    const { mapped } = this;
    if (mapped === null) return this.#ask(options);
    try {
      if (options === undefined && !mapped.isAwaitedHere && mapped.tryAcquire()) {
        return granted<MappedGuard>(new MappedGuard(this, mapped));
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#acquireMapped(mapped, options);
  }

  /**
   * Holds it, blocking this process until it can be held.
   *
   * @returns the guard; `null` when the timeout passed.
   * @throws the reason with which its process is asked to stop meanwhile; a signal is not seen, since the event loop stands still.
   * @throws {InvalidStateError} if it does not stand in memory that this process reaches, which takes Linux and `--allow-ffi`.
   */
  acquireSync(options?: WaitOptions & { timeout?: undefined }): Guard & AsyncDisposable;
  /** The same for a limited time: `null` when it passed. */
  acquireSync(options?: WaitOptions): Guard & AsyncDisposable | null;
  acquireSync(options?: WaitOptions): Guard & AsyncDisposable | null {
    const { mapped } = this;
    if (mapped === null) throw notMapped("acquire it", "acquire()");
    if (options !== undefined || !mapped.tryAcquire()) {
      const bounds = blockingBounds(options, "acquireSync()");
      const acquiring = mapped.acquiring(currentOwner(), "acquireSync()", bounds, true);
      if (!mapped.block.memory.block(acquiring)) return null;
    }
    return new MappedGuard(this, mapped);
  }

  #acquireMapped(
    mapped: MappedAcquirable,
    options: WaitOptions | undefined,
  ): Promise<MappedGuard | null> {
    const owner = currentOwner();
    const held = (got: boolean) => got ? new MappedGuard(this, mapped) : null;
    const returned = (guard: MappedGuard | null): void => {
      if (guard !== null) mapped.release(1, owner);
    };
    const take = (leave: Leave): MappedGuard | null | Promise<MappedGuard | null> => {
      if (mapped.tryAcquire(owner)) return held(true);
      const bounds = { deadline: Deadline.after(options?.timeout), signal: leave.signal };
      const acquiring = mapped.acquiring(owner, "acquire()", bounds, false);
      return mapped.block.memory.run(acquiring, this).then(held);
    };
    return withdrawable<MappedGuard | null>((leave) => {
      if (!mapped.isAwaitedHere) return take(leave);
      // A waiter of this process goes first: one that was woken has not run yet.
      const { signal } = leave; // from now on it hears of an abort
      return Promise.resolve().then(() => {
        signal.throwIfAborted();
        return take(leave);
      });
    }, { options, call: "acquire()", source: { returned } });
  }

  #ask(options: WaitOptions | undefined): Promise<HeldGuard | null> {
    const held = (got: boolean) => got ? new HeldGuard(() => this.release()) : null;
    const owner = currentOwner();
    const returned = (guard: HeldGuard | null): void => {
      if (guard !== null) this.#releaseFor(owner);
    };
    return withdrawable<HeldGuard | null>((leave) => {
      const got = this.hold(timeoutOf(options ?? {}), leave);
      return got instanceof Promise ? got.then(held) : held(got);
    }, { options, call: "acquire()", source: { returned }, answersLate: this.answersLate });
  }

  /** Gives back what was acquired and nobody uses; when its home is gone, there is nothing to give back. */
  #releaseFor(owner: string): void {
    this.letGo(owner).catch((error) => {
      if (!(error instanceof EOFError)) reportError(error);
    });
  }

  /**
   * Has its home hold it for the caller; `false` when the timeout has passed.
   * @internal
   */
  protected hold(timeout: number | null, leave: Leave): boolean | Promise<boolean> {
    return this.question<boolean>("acquire", [timeout], leave);
  }

  /**
   * Gives it back to its home.
   * @internal
   */
  protected letGo(owner?: string): Promise<void> {
    return this.ask("release", [1], owner);
  }

  /** Holds it if it can be held at once; `null` otherwise. Never waits for another holder. */
  tryAcquire(): Promise<Guard & AsyncDisposable | null> {
    const { mapped } = this;
    if (mapped === null) return this.acquire({ timeout: 0 });
    try {
      return granted(mapped.tryAcquire() ? new MappedGuard(this, mapped) : null);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Gives it back, once. In memory that this process reaches it is given back when the call returns.
   *
   * @throws {NotOwnerError} if a lock is not held, or a re-entrant one not by the caller.
   */
  async release(): Promise<void> {
    if (this.mapped === null) await this.letGo();
    else this.mapped.release();
  }
}
