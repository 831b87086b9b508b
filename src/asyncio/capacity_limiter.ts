import {
  Guard,
  InvalidStateError,
  NotOwnerError,
  WaitList,
  type WaitOptions,
} from "../core/mod.ts";
import { type Eventual, failed, settled } from "./eventual.ts";
import { taskHere } from "./here.ts";
import { checkBounds, Place, type PlaceOwner } from "./place.ts";

/** What a limiter counts. */
export interface CapacityLimiterStatistics {
  /** How many tokens there are. */
  readonly totalTokens: number;
  /** How many are lent. */
  readonly borrowedTokens: number;
  /** To whom. */
  readonly borrowers: readonly unknown[];
  /** How many wait for one. */
  readonly waiting: number;
}

/** One who waits for a token. */
class BorrowPlace extends Place<Guard | null> {
  readonly borrower: unknown;

  constructor(owner: PlaceOwner<Guard | null>, borrower: unknown) {
    super(owner);
    this.borrower = borrower;
  }
}

/**
 * A semaphore that knows who holds its tokens.
 *
 * - A task that holds one and asks for a second gets an error in place of a deadlock.
 * - How many tokens there are can be changed at any time.
 * - First in, first out.
 *
 * Source: trio's `CapacityLimiter`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { CapacityLimiter, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const limiter = new CapacityLimiter(3);
 *   using _token = await limiter.acquire();
 *   assertEquals(limiter.availableTokens, 2);
 * });
 * ```
 */
export class CapacityLimiter {
  readonly #borrowers = new Set<unknown>();
  readonly #waiters = new WaitList<Place<Guard | null>>();
  #total: number;
  readonly #owner: PlaceOwner<Guard | null> = {
    timedOut: () => null,
    givenBack: (guard) => guard?.[Symbol.dispose](),
  };

  /**
   * Makes a limiter with so many tokens.
   *
   * @param totalTokens how many tokens there are; `Infinity` is allowed.
   * @throws {RangeError} if it is below 1.
   */
  constructor(totalTokens: number) {
    this.#total = checked(totalTokens);
  }

  /** How many tokens there are. */
  get totalTokens(): number {
    return this.#total;
  }
  set totalTokens(count: number) {
    this.#total = checked(count);
    this.#serve();
  }

  /** How many are lent. */
  get borrowedTokens(): number {
    return this.#borrowers.size;
  }

  /** How many are free; never below 0. */
  get availableTokens(): number {
    return Math.max(0, this.#total - this.#borrowers.size);
  }

  /**
   * Waits for a token and borrows it, for the task that runs here.
   *
   * @param options.timeout milliseconds; then `null` is the answer.
   * @throws {InvalidStateError} if the task holds one.
   */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    return this.acquireOnBehalfOf(taskHere() ?? {}, options);
  }

  /** As `acquire`, for another borrower: any object. */
  acquireOnBehalfOf(borrower: unknown, options?: WaitOptions): Eventual<Guard | null> {
    try {
      if (options !== undefined) checkBounds(options);
      this.#checkNew(borrower);
    } catch (error) {
      return failed(error);
    }
    if (this.#borrowers.size < this.#total && this.#waiters.size === 0) {
      return settled(this.#lend(borrower));
    }
    if (options?.timeout === 0) return settled(null);
    const place = new BorrowPlace(this.#owner, borrower);
    this.#waiters.push(place);
    return place.wait(options);
  }

  /** Borrows a token if one is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    const borrower = taskHere() ?? {};
    this.#checkNew(borrower);
    if (this.#borrowers.size >= this.#total || this.#waiters.size > 0) return null;
    return this.#lend(borrower);
  }

  /**
   * Gives the token of the task that runs here back.
   *
   * @throws {NotOwnerError} if it holds none.
   */
  release(): void {
    this.releaseOnBehalfOf(taskHere());
  }

  /** Gives the token of another borrower back. */
  releaseOnBehalfOf(borrower: unknown): void {
    if (!this.#borrowers.delete(borrower)) {
      throw new NotOwnerError("this borrower isn't holding any of this CapacityLimiter's tokens");
    }
    this.#serve();
  }

  /** Who borrows and who waits. */
  statistics(): CapacityLimiterStatistics {
    return Object.freeze({
      totalTokens: this.#total,
      borrowedTokens: this.#borrowers.size,
      borrowers: Object.freeze([...this.#borrowers]),
      waiting: this.#waiters.size,
    });
  }

  #lend(borrower: unknown): Guard {
    this.#borrowers.add(borrower);
    return new Guard(() => this.releaseOnBehalfOf(borrower));
  }

  #serve(): void {
    while (this.#borrowers.size < this.#total && this.#waiters.size > 0) {
      const next = this.#waiters.shift() as BorrowPlace;
      next.grant(this.#lend(next.borrower));
    }
  }

  #checkNew(borrower: unknown): void {
    if (!this.#borrowers.has(borrower)) return;
    throw new InvalidStateError(
      "this borrower is already holding one of this CapacityLimiter's tokens",
    );
  }
}

function checked(tokens: number): number {
  if (tokens === Infinity || (Number.isInteger(tokens) && tokens >= 1)) return tokens;
  throw new RangeError(`Cannot have ${tokens} tokens: give a whole number from 1 on, or Infinity`);
}
