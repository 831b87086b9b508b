import { checkCount, show } from "../../core/check.ts";
import { SemaphoreState } from "../../sync/semaphore.ts";
import { MOST_PERMITS } from "../../shared/sync/semaphore.ts";
import { Block } from "../mapped/block.ts";
import { MappedSemaphore, MappedSemaphoreCore, SEMAPHORE_SIZE } from "../mapped/semaphore.ts";
import { Acquirable } from "./acquirable.ts";
import { isHeld } from "./lock.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { blockOf, noteShared } from "../objects/shared_object.ts";
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
export class SemaphoreCore implements Core {
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
 * - Anyone may release, also beyond the first value.
 * - A process that ends does not give back what it acquired: a semaphore does not know its holders.
 * - It crosses like {@link Lock}, and is served or stands in shared memory as that does: there a running process may be
 *   faster than the waiters.
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
export class Semaphore extends Acquirable {
  /**
   * See {@link Acquirable}.
   * @internal
   */
  protected readonly mapped: MappedSemaphore | null;

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
    const { isBounded } = new.target;
    super(() => {
      const kind = isBounded ? BOUNDED_KIND : KIND;
      const block = value > MOST_PERMITS ? null : Block.make(kind, SEMAPHORE_SIZE);
      return block === null
        ? new SemaphoreCore(value, isBounded ? value : Infinity)
        : new MappedSemaphoreCore(block, value, isBounded);
    });
    const block = blockOf(this);
    this.mapped = block === null ? null : new MappedSemaphore(block);
  }

  /** Whether it refuses to rise above its first value. */
  protected static readonly isBounded: boolean = false;

  /**
   * Gives `count` back and lets so many in.
   *
   * @throws {RangeError} if `count` is no whole number above zero.
   */
  override async release(count = 1): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`Cannot release ${show(count)} times: give a whole number, one or more`);
    }
    if (this.mapped === null) await this.ask("release", [count]);
    else this.mapped.release(count);
  }

  /** How many may still acquire it. */
  async getValue(): Promise<number> {
    return this.mapped === null ? await this.ask("value") : this.mapped.value;
  }

  /** The same as {@link Semaphore.getValue}. */
  get value(): Promise<number> {
    return this.getValue();
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<SemaphoreStatistics> {
    if (this.mapped === null) return await this.inspect<SemaphoreStatistics>();
    return Object.freeze(this.mapped.statistics());
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
}

const KIND = "mp.Semaphore", BOUNDED_KIND = "mp.BoundedSemaphore";

noteShared(KIND, Semaphore, import.meta.url);
noteShared(BOUNDED_KIND, BoundedSemaphore, import.meta.url);
