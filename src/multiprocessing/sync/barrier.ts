import { checkDelay, checkFunction, checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { BarrierState } from "../../sync/barrier.ts";
import { timeoutOf } from "../objects/bounds.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";

/** How a barrier is made. */
export interface BarrierOptions {
  /** Run once in each round when all have come, before anyone goes on. */
  readonly action?: () => void;
  /** How long each waits at most if it does not say so itself, in milliseconds. */
  readonly timeout?: number;
}

/** How a barrier stands. */
export interface BarrierStatistics {
  /** How many wait for each other. */
  readonly parties: number;
  /** How many have come and wait for the others. */
  readonly waiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "wait",
  "reset",
  "abort",
  "parties",
  "nWaiting",
  "broken",
  "statistics",
]);

/** The barrier in its home. */
class BarrierCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #state: BarrierState;
  readonly #timeout: number | null;

  constructor(parties: number, { action, timeout }: BarrierOptions) {
    this.#state = new BarrierState(parties, queueMicrotask, action, true);
    this.#timeout = timeout ?? null;
  }

  wait(caller: Caller, timeout: number | null): number | Promise<number | null> {
    return this.#state.tryArrive() ??
      waitIn(this.#state, undefined, caller, timeout ?? this.#timeout);
  }

  reset(): void {
    this.#state.reset();
  }

  abort(): void {
    this.#state.abort();
  }

  parties(): number {
    return this.#state.parties;
  }

  nWaiting(): number {
    return this.#state.waiting;
  }

  broken(): boolean {
    return this.#state.broken;
  }

  statistics(): BarrierStatistics {
    const { parties, waiting, broken } = this.#state;
    return { parties, waiting, broken };
  }
}

/**
 * A place where so many processes wait for each other, round after round.
 *
 * - Each `wait()` returns another number from 0 to `parties - 1`.
 * - A wait that times out or is stopped, a process that ends while it waits, and `abort()` break it: every waiter
 *   gets a `BrokenBarrierError`, and so does a later one, until `reset()`.
 * - It crosses like {@link Lock}. Not like Python: the action runs in the process that made the barrier.
 *
 * Source: `multiprocessing.Barrier`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Barrier } from "@quartet/concurrency/multiprocessing";
 *
 * const start = new Barrier(2);
 * assertEquals((await Promise.all([start.wait(), start.wait()])).sort(), [0, 1]);
 * ```
 */
export class Barrier extends SharedObject {
  /**
   * Makes it, in this process.
   *
   * @param parties how many wait for each other.
   * @throws {RangeError} if that is no whole number above zero.
   */
  constructor(parties: number, options: BarrierOptions = {}) {
    if (!Number.isSafeInteger(parties) || parties < 1) {
      throw new RangeError(
        `Cannot make a barrier of ${show(parties)}: give a whole number above 0`,
      );
    }
    checkOptions(options, "new Barrier()", "timeout: 1000");
    if (options.action !== undefined) checkFunction(options.action, "action");
    if (options.timeout !== undefined) checkDelay(options.timeout, "timeout");
    super(() => new BarrierCore(parties, options));
  }

  /**
   * Waits until all have come.
   *
   * @returns the caller's number in this round.
   * @throws {BrokenBarrierError} if it is broken, or breaks meanwhile.
   */
  wait(options: WaitOptions = {}): Promise<number> {
    return withdrawable(
      (leave) => this.question<number>("wait", [timeoutOf(options)], leave),
      { options, call: "Barrier.wait()", answersLate: this.answersLate },
    );
  }

  /** Sends away the waiters, with a `BrokenBarrierError`, and makes it whole. */
  async reset(): Promise<void> {
    await this.ask("reset");
  }

  /** Breaks it. */
  async abort(): Promise<void> {
    await this.ask("abort");
  }

  /** How many wait for each other. */
  get parties(): Promise<number> {
    return this.ask("parties");
  }

  /** How many have come in this round. */
  get nWaiting(): Promise<number> {
    return this.ask("nWaiting");
  }

  /** Whether it is broken. */
  get broken(): Promise<boolean> {
    return this.ask("broken");
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<BarrierStatistics> {
    return this.inspect<BarrierStatistics>();
  }
}

noteShared("mp.Barrier", Barrier, import.meta.url, 1);
