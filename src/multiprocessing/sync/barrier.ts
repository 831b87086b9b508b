import { checkDelay, checkFunction, checkOptions, show } from "../../core/check.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { BarrierState } from "../../sync/barrier.ts";
import { Block } from "../mapped/block.ts";
import { blockingBounds } from "../mapped/mapped_core.ts";
import {
  BARRIER_QUESTIONS,
  BARRIER_SIZE,
  MappedBarrier,
  MappedBarrierCore,
} from "../mapped/barrier.ts";
import { timeoutOf } from "../objects/bounds.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { blockOf, noteShared, notMapped, SharedObject } from "../objects/shared_object.ts";
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

/** The barrier in its home. */
export class BarrierCore implements Core {
  readonly questions: ReadonlySet<string> = BARRIER_QUESTIONS;
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
 * - It crosses like {@link Lock}, and is served or stands in shared memory as that does. One with an action is served
 *   always. Not like Python: the action runs in the process that made the barrier.
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
  readonly #mapped: MappedBarrier | null;

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
    super(() => {
      const isMapped = options.action === undefined && parties < 2 ** 31;
      const block = isMapped ? Block.make(KIND, BARRIER_SIZE) : null;
      return block === null
        ? new BarrierCore(parties, options)
        : new MappedBarrierCore(block, parties, options.timeout);
    });
    const block = blockOf(this);
    this.#mapped = block === null ? null : new MappedBarrier(block);
  }

  /**
   * Waits until all have come.
   *
   * @returns the caller's number in this round.
   * @throws {BrokenBarrierError} if it is broken, or breaks meanwhile.
   */
  wait(options: WaitOptions = {}): Promise<number> {
    const mapped = this.#mapped;
    const call = "Barrier.wait()";
    if (mapped === null) {
      return withdrawable(
        (leave) => this.question<number>("wait", [timeoutOf(options)], leave),
        { options, call, answersLate: this.answersLate },
      );
    }
    return withdrawable((leave) => {
      const timeout = timeoutOf(options) ?? mapped.timeout ?? Infinity;
      const bounds = { deadline: Deadline.after(timeout), signal: leave.signal };
      return mapped.block.memory.run(mapped.passing(call, bounds), this);
    }, { options, call });
  }

  /**
   * As {@link wait}, blocking this process.
   *
   * @throws {BrokenBarrierError} if it is broken, or breaks meanwhile.
   * @throws {InvalidStateError} if it does not stand in memory that this process reaches, which takes Linux and
   * `--allow-ffi`, or it has an action.
   */
  waitSync(options?: WaitOptions): number {
    const mapped = this.#mapped;
    if (mapped === null) throw notMapped("wait at the Barrier", "wait()");
    const call = "Barrier.waitSync()";
    const bounds = blockingBounds(options, call);
    const own = options?.timeout === undefined ? mapped.timeout : null;
    const deadline = own === null ? bounds.deadline : Deadline.after(own);
    return mapped.block.memory.block(mapped.passing(call, { ...bounds, deadline }));
  }

  /** Sends away the waiters, with a `BrokenBarrierError`, and makes it whole. */
  async reset(): Promise<void> {
    if (this.#mapped === null) await this.ask("reset");
    else this.#mapped.reset();
  }

  /** Breaks it. */
  async abort(): Promise<void> {
    if (this.#mapped === null) await this.ask("abort");
    else this.#mapped.abort();
  }

  /** How many wait for each other. */
  get parties(): Promise<number> {
    return this.statistics().then(({ parties }) => parties);
  }

  /** How many have come in this round. */
  get nWaiting(): Promise<number> {
    return this.statistics().then(({ waiting }) => waiting);
  }

  /** Whether it is broken. */
  get broken(): Promise<boolean> {
    return this.statistics().then(({ broken }) => broken);
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<BarrierStatistics> {
    if (this.#mapped === null) return await this.inspect<BarrierStatistics>();
    return Object.freeze(this.#mapped.statistics());
  }
}

const KIND = "mp.Barrier";

noteShared(KIND, Barrier, import.meta.url, 1);
