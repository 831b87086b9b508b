import { checkCount, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import type { Guard } from "../../core/guard.ts";
import { noteKind } from "../../shared/memory/handle.ts";
import { SemaphoreState } from "../../sync/semaphore.ts";
import { HeldGuard } from "../objects/held_guard.ts";
import { isHeld, timeoutOf } from "./lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { type Address, SharedObject, stand } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";

/** How a semaphore stands. */
export interface SemaphoreStatistics {
  /** How many may still acquire it. */
  readonly value: number;
  /** How many wait for it. */
  readonly waiting: number;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["acquire", "release", "value", "statistics"]);

/** The semaphore in its home. */
class SemaphoreCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #state: SemaphoreState;

  constructor(value: number, bound: number) {
    this.#state = new SemaphoreState(value);
    this.#state.bound = bound;
  }

  acquire(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    if (this.#state.tryAcquire() !== null) return true;
    return waitIn(this.#state, undefined, caller, timeout).then(isHeld);
  }

  release(_caller: Caller, count: number): void {
    checkCount(count, "count");
    this.#state.release(count);
  }

  value(): number {
    return this.#state.value;
  }

  statistics(): SemaphoreStatistics {
    return { value: this.#state.value, waiting: this.#state.waiting };
  }
}

/**
 * Lets so many in at a time, over all processes.
 *
 * - First come, first served. Anyone may release, also beyond the first value.
 * - A process that ends does not give back what it acquired: a semaphore does not know its holders.
 * - It crosses like {@link Lock}.
 *
 * Source: `multiprocessing.Semaphore`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Semaphore } from "@quartet/concurrency/multiprocessing";
 *
 * const seats = new Semaphore(2);
 * await seats.acquire();
 * await seats.acquire();
 * assertEquals(await seats.tryAcquire(), null);
 * await seats.release(2);
 * assertEquals(await seats.getValue(), 2);
 * ```
 */
export class Semaphore extends SharedObject {
  /**
   * Makes it, in this process.
   *
   * @param value how many may acquire it before it is released.
   * @throws {RangeError} if it is negative or no whole number.
   */
  constructor(value = 1) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(
        `Cannot make a semaphore of ${show(value)}: give a whole number, 0 or more`,
      );
    }
    super(() => new SemaphoreCore(value, new.target.isBounded ? value : Infinity));
  }

  /** Whether it refuses to rise above its first value. */
  protected static readonly isBounded: boolean = false;

  /** Waits until it is above zero, and takes one. */
  acquire(options?: WaitOptions & { timeout?: undefined }): Promise<Guard & AsyncDisposable>;
  /** Waits at most `timeout` milliseconds; `null` when that passes. */
  acquire(options?: WaitOptions): Promise<Guard & AsyncDisposable | null>;
  async acquire(options: WaitOptions = {}): Promise<Guard & AsyncDisposable | null> {
    const got = await this.ask("acquire", [timeoutOf(options)], options);
    return got ? new HeldGuard(() => this.release()) : null;
  }

  /** Takes one if it is above zero; `null` otherwise. */
  tryAcquire(): Promise<Guard & AsyncDisposable | null> {
    return this.acquire({ timeout: 0 });
  }

  /**
   * Gives `count` back and lets so many in.
   *
   * @throws {RangeError} if `count` is no whole number above zero.
   */
  async release(count = 1): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`Cannot release ${show(count)} times: give a whole number, one or more`);
    }
    await this.ask("release", [count]);
  }

  /** How many may still acquire it. */
  getValue(): Promise<number> {
    return this.ask("value");
  }

  /** The same as {@link Semaphore.getValue}. */
  get value(): Promise<number> {
    return this.getValue();
  }

  /** How it stands. */
  statistics(): Promise<SemaphoreStatistics> {
    return this.inspect<SemaphoreStatistics>();
  }

  /** Its class, for who makes it again elsewhere. */
  protected override travelsAs(): { kind: string; module: string } {
    return { kind: "Semaphore", module: import.meta.url };
  }
}

/**
 * A semaphore that refuses to be released more often than it was acquired.
 *
 * Source: `multiprocessing.BoundedSemaphore`.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { BoundedSemaphore } from "@quartet/concurrency/multiprocessing";
 *
 * const seats = new BoundedSemaphore(1);
 * await assertRejects(() => seats.release(), RangeError);
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** It is. */
  protected static override readonly isBounded = true;

  /** Its class, for who makes it again elsewhere. */
  protected override travelsAs(): { kind: string; module: string } {
    return { kind: "BoundedSemaphore", module: import.meta.url };
  }
}

noteKind("mp.Semaphore", (address: Address) => stand(address, Semaphore));
noteKind(
  "mp.BoundedSemaphore",
  (address: Address) => stand(address, BoundedSemaphore),
);
