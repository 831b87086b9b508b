import { checkReturned } from "../../core/returned.ts";
import { checkDelay, checkOptions, show } from "../../core/check.ts";
import { subjectOf } from "../../core/construct_for.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { BrokenBarrierError } from "../../core/errors.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { add, load, store } from "../../shared/memory/words.ts";
import { onAbandoned, parkedAt, REFUSED, unpark } from "../../shared/parking/parking_lot.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import type { Parked } from "../../shared/parking/park.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import {
  block,
  type Bounds,
  boundsOf,
  throwIfEnded,
  type Waiting,
} from "../../shared/parking/waiting.ts";
import { release, takeBriefly } from "../../shared/sync/mutex.ts";
import { me } from "../../shared/thread/thread_slot.ts";
import { type AnyFunction, findTarget, type Target, targetOf } from "../../wire/codec/portable.ts";

/** Words of its block. */
const MUTEX = 1,
  PARTIES = 2,
  STATE = 3,
  COUNT = 4,
  LINE = 5,
  PASS = 6,
  TIMEOUT = 7,
  ACTOR = 8,
  SIZE = 9;
const KIND = "threading.Barrier";

/** What {@link STATE} says. */
const FILLING = 0, ACTING = 1, BROKEN = 2;

/** How a barrier behaves beyond its number of parties. */
export interface BarrierOptions {
  /** Called by the last to arrive, before anybody goes on. It is done when it returns: a promise breaks the barrier. */
  readonly action?: () => void;
  /** The longest wait of each party that gives none itself, in milliseconds. */
  readonly timeout?: number;
}

/** How a party left the line by itself. */
type Left = "timedOut" | "stopped" | "aborted" | "withdrawn";

/** What crosses to another thread. */
interface BarrierHandle {
  readonly at: number;
  readonly action: Target | null;
}

/**
 * A place where a fixed number of threads or tasks wait for each other, again and again.
 *
 *     state     a party arrives                         a party leaves early (timeout, stop, abort, cancel)
 *     filling   not the last: waits in line             the barrier breaks: all in line are refused
 *               the last: acting
 *     acting    waits until the pass is over            its pass is complete: it waits for the action
 *     broken    BrokenBarrierError                      –
 *
 * A waiter that leaves, or whose action throws, ends its own pass only: after a `reset()` that is over, and the
 * waiters by then belong to another. A thread that ends while it waits, or runs the action, breaks the barrier.
 *
 * - `wait()` returns a number from 0 to `parties - 1`, another one for each party of a pass.
 * - The last to arrive runs the action; if that throws, the barrier breaks and the others are refused.
 * - `abort()` breaks it until `reset()`; `reset()` refuses the waiters and begins anew.
 * - Can be passed to a thread and put in a queue, and is the same barrier there; an action must be
 *   `portable()` for that.
 *
 * Source: Python's `threading.Barrier`. Not like Python: a bare number is refused in the place of options, and a
 * party whose thread has died is not waited for.
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
      store(at + PARTIES, parties);
      store(at + TIMEOUT, Math.max(0, Math.min(Math.ceil(options.timeout ?? NEVER), NEVER)));
    });
    this.#action = options.action ?? subjectOf<BarrierHandle>(new.target)?.action ?? null;
  }

  /** How many parties make a pass. */
  get parties(): number {
    return load(this.#at + PARTIES);
  }

  /** How many parties wait now. */
  get nWaiting(): number {
    return load(this.#at + STATE) === FILLING ? load(this.#at + COUNT) : 0;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return load(this.#at + STATE) === BROKEN;
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
    this.#end(FILLING);
  }

  /** Breaks it: waiters, and later ones, get `BrokenBarrierError` until `reset()`. */
  abort(): void {
    this.#end(BROKEN);
  }

  /** Returns a snapshot of its counters. */
  statistics(): BarrierStatistics {
    return Object.freeze({
      parties: this.parties,
      waiting: parkedAt(this.#at + LINE),
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
    const bounds = this.#bounds(options, what);
    const at = this.#at;
    while (true) {
      takeBriefly(at + MUTEX);
      const state = load(at + STATE);
      if (state === FILLING) break;
      release(at + MUTEX, false);
      if (state === BROKEN) throw broken("it is broken");
      const pass = load(at + PASS);
      const how = yield { ...this.#step(bounds), at: at + STATE, expected: ACTING };
      if (how === "orphaned") this.#breakPass(pass);
      if (how === "timedOut") throw broken("the timeout passed before the pass of others was over");
      throwIfEnded(how, what, bounds);
    }
    const pass = load(at + PASS);
    const number = add(at + COUNT, 1);
    if (number === this.parties - 1) {
      this.#pass(pass);
      return number;
    }
    let held = true;
    let how = yield {
      ...this.#step(bounds),
      enlisted: () => {
        held = false;
        release(at + MUTEX, false);
      },
    };
    if (held) release(at + MUTEX, false); // stopped before it was in line
    if (isLeft(how)) {
      // Not chosen before it left the line; but all may have come, and only the action still run.
      how = yield* this.#stay(how, pass);
      if (how === "timedOut") throw broken("the timeout passed");
      throwIfEnded(how, what, bounds);
    }
    if (how === "orphaned") {
      this.#breakPass(pass);
      throw broken("the thread that ran the action ended");
    }
    if (how === "refused") throw broken("a party left, or it was aborted or reset");
    return number;
  }

  /** Breaks the barrier for a party that leaves, unless its pass is complete: then it waits for that. */
  *#stay(how: Left, pass: number): Waiting<"woken" | "refused" | "orphaned" | Left> {
    const at = this.#at;
    takeBriefly(at + MUTEX);
    if (load(at + PASS) !== pass) { // its pass is over; it was not chosen, so that was no success
      release(at + MUTEX, false);
      return how;
    }
    if (load(at + STATE) !== ACTING) {
      finish(this.#at, BROKEN);
      return how;
    }
    let held = true;
    const end = yield {
      ...this.#step({ deadline: Deadline.NEVER, signal: undefined }),
      unstoppable: true,
      enlisted: () => {
        held = false;
        release(at + MUTEX, false);
      },
    };
    if (held) release(at + MUTEX, false); // the thread that runs the action has ended already
    return end === "refused" || end === "orphaned" ? end : "woken";
  }

  /** The last has come, with the mutex held: acts, and lets the others go on. */
  #pass(pass: number): void {
    const at = this.#at;
    store(at + STATE, ACTING);
    store(at + ACTOR, me << 1);
    release(at + MUTEX, false);
    try {
      this.#act();
    } catch (error) {
      this.#breakPass(pass);
      throw error;
    }
    takeBriefly(at + MUTEX);
    if (load(at + PASS) !== pass) { // aborted or reset meanwhile
      release(at + MUTEX, false);
      throw broken("it was aborted or reset during the action");
    }
    store(at + COUNT, 0);
    store(at + ACTOR, 0);
    store(at + STATE, FILLING);
    add(at + PASS, 1);
    unpark(at + LINE);
    unpark(at + STATE);
    release(at + MUTEX, false);
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

  /** Breaks the barrier, unless that pass is over. */
  #breakPass(pass: number): void {
    takeBriefly(this.#at + MUTEX);
    if (load(this.#at + PASS) === pass) finish(this.#at, BROKEN);
    else release(this.#at + MUTEX, false);
  }

  #end(state: number): void {
    takeBriefly(this.#at + MUTEX);
    finish(this.#at, state);
  }

  #step(bounds: Bounds): { at: number; expected: number; kind: number; owner: number } & Bounds {
    const [at, owner] = [this.#at + LINE, this.#at + ACTOR];
    return { at, expected: 0, kind: WaitKind.barrier, owner, ...bounds };
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

/** Ends the pass of the barrier at `at` without success, with the mutex held. */
function finish(at: number, state: number): void {
  store(at + COUNT, 0);
  store(at + ACTOR, 0);
  store(at + STATE, state);
  add(at + PASS, 1);
  unpark(at + LINE, Infinity, undefined, REFUSED);
  unpark(at + STATE);
  release(at + MUTEX, false);
}

// A party whose thread has ended never comes: it breaks the barrier, as one that leaves does.
onAbandoned(WaitKind.barrier, ({ at: line, owner, chosen }) => {
  const at = owner - ACTOR;
  if (chosen || line !== at + LINE) return;
  takeBriefly(at + MUTEX);
  if (load(at + STATE) === FILLING) finish(at, BROKEN);
  else release(at + MUTEX, false); // all have come
});

function isLeft(how: Parked): how is Left {
  return how === "timedOut" || how === "stopped" || how === "aborted" || how === "withdrawn";
}

/** The timeout of a barrier without one: more would not fit into a word. */
const NEVER = 2 ** 31 - 1;

function broken(why: string): BrokenBarrierError {
  return new BrokenBarrierError(`The barrier did not open: ${why}`);
}

noteKind<BarrierHandle>(KIND, (handle) => arrive(handle, Barrier, 1));
