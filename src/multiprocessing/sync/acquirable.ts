import type { WaitOptions } from "../../core/deadline.ts";
import { EOFError } from "../../core/errors.ts";
import type { Guard } from "../../core/guard.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { currentOwner } from "../objects/owner.ts";
import { HeldGuard } from "../objects/held_guard.ts";
import { SharedObject } from "../objects/shared_object.ts";

/** What processes acquire and release: a lock, a semaphore, a condition with its lock. */
export abstract class Acquirable extends SharedObject {
  /** Waits until it can be held, and holds it. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Promise<Guard & AsyncDisposable>;
  /** Waits for it at most `timeout` milliseconds; `null` when that passes. */
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null>;
  acquire(options: WaitOptions = {}): Promise<Guard & AsyncDisposable | null> {
    const held = (got: boolean) => got ? new HeldGuard(() => this.release()) : null;
    const owner = currentOwner();
    const returned = (guard: HeldGuard | null): void => {
      if (guard !== null) this.#releaseFor(owner);
    };
    return withdrawable<HeldGuard | null>((leave) => {
      const got = this.question<boolean>("acquire", [timeoutOf(options)], leave);
      return got instanceof Promise ? got.then(held) : held(got);
    }, { options, call: "acquire()", source: { returned }, answersLate: this.answersLate });
  }

  /** Gives back what was acquired and nobody uses; when its home is gone, there is nothing to give back. */
  #releaseFor(owner: string): void {
    this.ask("release", [1], owner).catch((error) => {
      if (!(error instanceof EOFError)) reportError(error);
    });
  }

  /** Holds it if it can be held at once; `null` otherwise. Never waits for another holder. */
  tryAcquire(): Promise<Guard & AsyncDisposable | null> {
    return this.acquire({ timeout: 0 });
  }

  /**
   * Gives it back, once.
   *
   * @throws {NotOwnerError} if a lock is not held, or a re-entrant one not by the caller.
   */
  async release(): Promise<void> {
    await this.ask("release");
  }
}
