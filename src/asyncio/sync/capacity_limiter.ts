import { show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import type { Guard } from "../../core/guard.ts";
import { LimiterState } from "../../sync/limiter.ts";
import { type Eventual, failed, settled } from "../task/eventual.ts";
import { runningTask } from "../loop/running_loop.ts";
import { checkBounds, isOver } from "./loop_waiter.ts";
import { waitIn } from "./wait_in.ts";

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

/**
 * A semaphore that knows the borrowers of its tokens.
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
  readonly #state: LimiterState<unknown>;

  /**
   * Makes a limiter with so many tokens.
   *
   * @param totalTokens how many tokens there are; `Infinity` is allowed.
   * @throws {RangeError} if it is below 1.
   */
  constructor(totalTokens: number) {
    this.#state = new LimiterState(checked(totalTokens));
  }

  /** How many tokens there are. */
  get totalTokens(): number {
    return this.#state.total;
  }
  set totalTokens(count: number) {
    this.#state.total = checked(count);
  }

  /** How many are lent. */
  get borrowedTokens(): number {
    return this.#state.borrowers.size;
  }

  /** How many are free; never below 0. */
  get availableTokens(): number {
    return Math.max(0, this.totalTokens - this.borrowedTokens);
  }

  /**
   * Waits for a token and borrows it, for the task that runs here.
   *
   * @param options.timeout milliseconds; then it returns `null`.
   * @throws {InvalidStateError} if the task holds one.
   */
  acquire(options?: WaitOptions & { timeout?: undefined }): Eventual<Guard>;
  /** The same with a bound: `null` when the time was over. */
  acquire(options?: WaitOptions): Eventual<Guard | null>;
  acquire(options?: WaitOptions): Eventual<Guard | null> {
    return this.acquireOnBehalfOf(runningTask() ?? {}, options);
  }

  /** As `acquire`, for another borrower: any object. */
  acquireOnBehalfOf(borrower: unknown, options?: WaitOptions): Eventual<Guard | null> {
    try {
      if (options !== undefined) checkBounds(options, "CapacityLimiter.acquire()");
      const guard = this.#state.tryLend(borrower);
      if (guard !== null) return settled<Guard | null>(guard, this.#state);
    } catch (error) {
      return failed(error);
    }
    if (isOver(options)) return settled<Guard | null>(null);
    return waitIn(this.#state, borrower, options);
  }

  /** Borrows a token if one is free; `null` if not. Never waits. */
  tryAcquire(): Guard | null {
    return this.#state.tryLend(runningTask() ?? {});
  }

  /**
   * Gives the token of the task that runs here back.
   *
   * @throws {NotOwnerError} if it holds none.
   */
  release(): void {
    this.releaseOnBehalfOf(runningTask());
  }

  /** Gives the token of another borrower back. */
  releaseOnBehalfOf(borrower: unknown): void {
    this.#state.giveBack(borrower);
  }

  /** Returns a snapshot of its borrowers and waiters. */
  statistics(): CapacityLimiterStatistics {
    return Object.freeze({
      totalTokens: this.totalTokens,
      borrowedTokens: this.borrowedTokens,
      borrowers: Object.freeze([...this.#state.borrowers]),
      waiting: this.#state.waiting,
    });
  }
}

function checked(tokens: number): number {
  if (tokens === Infinity || (Number.isInteger(tokens) && tokens >= 1)) return tokens;
  throw new RangeError(
    `Cannot have ${show(tokens)} tokens: give a whole number from 1 on, or Infinity`,
  );
}
