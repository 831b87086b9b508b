import type { Guard, WaitOptions } from "../core/mod.ts";
import type { Traveller, Waiting } from "../shared/mod.ts";

/** A wait that cannot run out of time, so that it never answers `null`. */
export interface UntimedWait extends WaitOptions {
  /** Not given. */
  timeout?: undefined;
}

/** Lets go of a lock however often it is held; answers what {@link rewind} needs. */
export const unwind: unique symbol = Symbol("quartet.unwind");
/** Takes a lock back as it was before {@link unwind}. */
export const rewind: unique symbol = Symbol("quartet.rewind");

/** What a `Condition` needs of its lock: `Lock` and `RLock` have it. */
export interface LockLike extends Traveller {
  /** Takes it, waiting with a promise. */
  acquire(options?: UntimedWait): Promise<Guard>;
  /** Takes it, waiting with a promise for a limited time. */
  acquire(options: WaitOptions): Promise<Guard | null>;
  /** Takes it, blocking this thread. */
  acquireSync(options?: UntimedWait): Guard;
  /** Takes it, blocking this thread for a limited time. */
  acquireSync(options: WaitOptions): Guard | null;
  /** Takes it if it is free. */
  tryAcquire(): Guard | null;
  /** Gives it back. */
  release(): void;
  /** Whether the caller holds it. */
  isOwned(): boolean;
  /** Lets go altogether. */
  [unwind](): unknown;
  /** Takes it back as it was. */
  [rewind](state: unknown, blocking: boolean): Waiting<void>;
}
