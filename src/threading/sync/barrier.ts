import { checkReturned } from "../../core/returned.ts";
import { checkDelay, checkOptions, show } from "../../core/check.ts";
import { subjectOf } from "../../core/construct_for.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { load, store } from "../../shared/memory/words.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { block, type Bounds, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import { BARRIER_SIZE, BarrierState } from "../../shared/sync/barrier.ts";
import { type AnyFunction, findTarget, type Target, targetOf } from "../../wire/codec/portable.ts";

/** Where its own timeout stands, behind the words of its state. */
const TIMEOUT = BARRIER_SIZE, SIZE = BARRIER_SIZE + 1;
const KIND = "threading.Barrier";

/** How a barrier behaves beyond its number of parties. */
export interface BarrierOptions {
  /** Called by the last to arrive, before anybody goes on. It is done when it returns: a promise breaks the barrier. */
  readonly action?: () => void;
  /** The longest wait of each party that gives none itself, in milliseconds. */
  readonly timeout?: number;
}

/** What crosses to another thread. */
interface BarrierHandle {
  readonly at: number;
  readonly action: Target | null;
}

/**
 * A place where a fixed number of threads or tasks wait for each other, again and again.
 *
 *     state     a party arrives                         a party leaves early (timeout, stop, abort)
 *     filling   not the last: waits in line             the barrier breaks: all in line are refused
 *               the last: acting
 *     acting    waits until the pass is over            its pass is complete: it waits for the action
 *     broken    BrokenBarrierError                      –
 *
 * A thread that ends while it runs the action breaks the barrier.
 *
 * - `wait()` returns a number from 0 to `parties - 1`, another one for each party of a pass.
 * - The last to arrive runs the action; if that throws, the barrier breaks and the others are refused.
 * - `abort()` breaks it until `reset()`; `reset()` refuses the waiters and begins anew.
 * - Can be passed to a thread and put in a queue, and is the same barrier there; an action must be
 *   `portable()` for that.
 *
 * Source: Python's `threading.Barrier`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Barrier } from "@quartet/concurrency/threading";
 *
 * let passes = 0;
 * const barrier = new Barrier(2, { action: () => passes++ });
 * const turns = await Promise.all([barrier.wait(), barrier.wait()]);
 * assertEquals([turns.sort(), passes], [[0, 1], 1]);
 * ```
 */
export class Barrier {
  readonly #at: number;
  readonly #state: BarrierState;
  #action: (() => void) | Target | null;

  /**
   * A barrier for so many parties.
   *
   * @throws {RangeError} if `parties` is not a whole number of 1 or more.
   */
  constructor(parties: number, options: BarrierOptions = {}) {
    if (!Number.isInteger(parties) || parties < 1 || parties >= 2 ** 31) {
      throw new RangeError(
        `Cannot make a barrier for ${show(parties)} parties: give a whole number of 1 or more`,
      );
    }
    checkOptions(options, "new Barrier()", "timeout: 1000");
    if (options.action !== undefined && typeof options.action !== "function") {
      throw new TypeError(`Cannot call ${show(options.action)} as an action: pass a function`);
    }
    if (options.timeout !== undefined) checkDelay(options.timeout, "timeout");
    this.#at = settle(this, new.target, SIZE, (at) => {
      BarrierState.init(threadMemory, at, parties);
      store(at + TIMEOUT, Math.max(0, Math.min(Math.ceil(options.timeout ?? NEVER), NEVER)));
    });
    this.#state = new BarrierState(threadMemory, this.#at);
    this.#action = options.action ?? subjectOf<BarrierHandle>(new.target)?.action ?? null;
  }

  /** How many parties make a pass. */
  get parties(): number {
    return this.#state.parties;
  }

  /** How many parties wait now. */
  get nWaiting(): number {
    return this.#state.arrived;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#state.isBroken;
  }

  /**
   * Waits with a promise until all parties are here.
   *
   * @returns this party's number in the pass.
   * @throws {BrokenBarrierError} if the barrier is or becomes broken; also when the timeout passes, which breaks it.
   * @throws {StoppedError} if this thread is asked to stop, or the signal's reason: both break the barrier.
   */
  wait(options?: WaitOptions): Promise<number> {
    return runAsync(this.#waiting("Barrier.wait()", options));
  }

  /** As {@link wait}, blocking this thread. */
  waitSync(options?: WaitOptions): number {
    return block(this.#waiting("Barrier.waitSync()", options));
  }

  /** Refuses the waiters and begins anew, unbroken. */
  reset(): void {
    this.#state.reset();
  }

  /** Breaks it: waiters, and later ones, get `BrokenBarrierError` until `reset()`. */
  abort(): void {
    this.#state.abort();
  }

  /** Returns a snapshot of its counters. */
  statistics(): BarrierStatistics {
    return Object.freeze({
      parties: this.parties,
      waiting: this.#state.waiting,
      broken: this.broken,
    });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    const action = typeof this.#action === "function"
      ? targetOf(this.#action as AnyFunction)
      : this.#action;
    const { kind, module, data } = handleTo(this.#at, KIND, import.meta.url, reach);
    return { kind, module, data: { at: data, action } };
  }

  *#waiting(what: string, options: WaitOptions | undefined): Waiting<number> {
    return yield* this.#state.passing(what, this.#bounds(options, what), () => this.#act());
  }

  #act(): void {
    let action = this.#action;
    if (action !== null && typeof action !== "function") {
      const found = findTarget(action);
      if (found === undefined) {
        throw new TypeError(
          `Cannot run the barrier's action ${action.name} on this thread: import the module that makes it portable here`,
        );
      }
      this.#action = action = found as () => void;
    }
    if (action !== null) checkReturned(action(), "action");
  }

  #bounds(options: WaitOptions | undefined, call: string): Bounds {
    const own = load(this.#at + TIMEOUT);
    if (own === NEVER || options?.timeout !== undefined) return boundsOf(options, call);
    const { signal } = boundsOf(options, call);
    return { deadline: Deadline.after(own), signal };
  }
}

/** What anyone can know of a `Barrier`. */
export interface BarrierStatistics {
  /** How many parties make a pass. */
  readonly parties: number;
  /** How many wait in line. */
  readonly waiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
}

/** The timeout of a barrier without one: more would not fit into a word. */
const NEVER = 2 ** 31 - 1;

noteKind<BarrierHandle>(KIND, (handle) => arrive(handle, Barrier, 1));
