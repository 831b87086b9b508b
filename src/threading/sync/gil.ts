import { checkFunction, checkOptions, show } from "../../core/check.ts";
import { setTurn } from "../../core/current.ts";
import { Deadline } from "../../core/deadline.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { add, compareExchange, load, store } from "../../shared/memory/words.ts";
import { parkedAt, unpark } from "../../shared/parking/parking_lot.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { WaitKind } from "../../shared/parking/wait_kind.ts";
import { block, onBlock, type Waiting } from "../../shared/parking/waiting.ts";
import { CONTENDED, holder, mutexStatistics, release, tryTake } from "../../shared/sync/mutex.ts";
import { stopped } from "../../shared/thread/stop_word.ts";
import { me } from "../../shared/thread/thread_slot.ts";

/** Words of its block. */
const WORD = 1, ALGORITHM = 2, INTERVAL = 3, DROP = 4, SWITCHES = 5, LAST = 6, SIZE = 7;
const KIND = "threading.Gil";
const ALGORITHMS = ["timeslice", "ticks"] as const;

/** How a `Gil` lets threads take turns. */
export interface GilOptions {
  /** `"timeslice"`, Python's since 3.2 (the default), or `"ticks"`, its old one. */
  readonly algorithm?: "ticks" | "timeslice";
  /** The slice in milliseconds (default 5), or how many checkpoints make a turn (default 100). */
  readonly interval?: number;
}

/**
 * Python's global interpreter lock, on purpose: threads that run under one take turns.
 *
 * JavaScript's threads have no such lock and run in parallel. This one shows what Python's do with the same
 * work: computing on two threads takes as long as on one, waiting does not.
 *
 *     timeslice   a thread that has waited a full slice requests the lock; the holder gives it up at its next
 *                 checkpoint and goes on only when another one has had it
 *     ticks       the holder gives the lock up at every hundredth checkpoint and takes it again at once,
 *                 which is mostly before anybody has woken up
 *
 * - `run(fn)` runs `fn` under the lock; `checkpoint()` inside is where another thread may take over.
 * - While a thread blocks in a wait of this library, it does not hold the lock, as in Python.
 * - Can be passed to a thread and put in a queue, and is the same lock there.
 *
 * Source: CPython's `Python/ceval_gil.c`; A. Pitrou, "Reworking the GIL" (2009); D. Beazley,
 * "Understanding the Python GIL" (2010).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkpoint, Gil } from "@quartet/concurrency/threading";
 *
 * const gil = new Gil();
 * const sum = gil.run(() => {
 *   let sum = 0;
 *   for (let i = 0; i < 1000; i++) {
 *     sum += i;
 *     checkpoint();
 *   }
 *   return sum;
 * });
 * assertEquals(sum, 499_500);
 * ```
 */
export class Gil {
  readonly #at: number;
  readonly #ticks: boolean;
  readonly #interval: number;
  #left: number;
  /** How often `run` is on the stack of this thread. */
  #depth = 0;

  /**
   * A lock that nobody holds.
   *
   * @throws {RangeError} if there is no such algorithm, or the interval is not above 0.
   */
  constructor(options: GilOptions = {}) {
    checkOptions(options, "new Gil()", "interval: 5");
    const algorithm = options.algorithm ?? "timeslice";
    if (!ALGORITHMS.includes(algorithm)) {
      throw new RangeError(
        `Cannot take turns by ${show(algorithm)}: there are ${ALGORITHMS.join(", ")}`,
      );
    }
    const interval = options.interval ?? (algorithm === "ticks" ? 100 : 5);
    if (!(interval > 0) || interval >= 2 ** 31) {
      throw new RangeError(`Cannot take turns of ${show(interval)}: give an interval above 0`);
    }
    this.#at = settle(this, new.target, SIZE, (at) => {
      store(at + ALGORITHM, ALGORITHMS.indexOf(algorithm));
      store(at + INTERVAL, Math.ceil(interval));
    });
    this.#ticks = load(this.#at + ALGORITHM) === 1;
    this.#interval = load(this.#at + INTERVAL);
    this.#left = this.#interval;
  }

  /** Which algorithm it follows. */
  get algorithm(): "ticks" | "timeslice" {
    return this.#ticks ? "ticks" : "timeslice";
  }

  /**
   * Runs `fn` under the lock and returns what it returns.
   *
   * An asynchronous function has the lock up to its first wait, and again in what it runs by `run` after.
   *
   * @throws {StoppedError} if this thread is asked to stop while it waits for its turn.
   */
  run<R>(fn: () => R): R {
    checkFunction(fn, "fn");
    if (this.#depth++ > 0) {
      try {
        return fn();
      } finally {
        this.#depth--;
      }
    }
    let turn: (() => void) | null = null;
    let aside: (() => () => void) | null = null;
    try {
      this.#take(false);
      turn = setTurn(() => this.checkpoint());
      aside = onBlock(() => this.#stepAside());
      try {
        return fn();
      } finally {
        setTurn(turn);
        onBlock(aside);
        this.#leave();
      }
    } finally {
      this.#depth--;
    }
  }

  /** Lets another thread have its turn, if it is time; {@link run} has `checkpoint()` call it. */
  checkpoint(): void {
    if (this.#depth === 0) return;
    if (this.#ticks) {
      if (--this.#left > 0) return;
      this.#left = this.#interval;
      this.#leave();
      this.#take(false);
    } else if (load(this.#at + DROP) === 1) {
      const switches = load(this.#at + SWITCHES);
      this.#leave();
      block(this.#othersTurn(switches));
      this.#take(false);
    }
  }

  /** Returns a snapshot of its holder, how many wait, and how often it went from one thread to another. */
  statistics(): GilStatistics {
    const { holder, waiting } = mutexStatistics(threadMemory, this.#at + WORD);
    return Object.freeze({
      algorithm: this.algorithm,
      interval: this.#interval,
      holder,
      waiting,
      switches: load(this.#at + SWITCHES),
    });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#at, KIND, import.meta.url, reach);
  }

  #take(unstoppable: boolean): void {
    if (!tryTake(threadMemory, this.#at + WORD)) block(this.#taking(unstoppable));
    const at = this.#at;
    store(at + DROP, 0);
    if (load(at + LAST) === me) return;
    store(at + LAST, me);
    add(at + SWITCHES, 1);
    unpark(at + SWITCHES);
  }

  /** Stopped while it waited for its turn, a thread does not have it. */
  #leave(): void {
    if (holder(threadMemory, this.#at + WORD) !== me) return;
    release(threadMemory, this.#at + WORD, false);
  }

  /** Others run while this thread blocks. */
  #stepAside(): () => void {
    this.#leave();
    return () => this.#take(true);
  }

  *#taking(unstoppable: boolean): Waiting<void> {
    const at = this.#at;
    while (true) {
      const seen = load(at + WORD);
      if (seen === 0) {
        if (compareExchange(at + WORD, 0, me << 1 | CONTENDED) === 0) return;
        continue;
      }
      const held = seen | CONTENDED;
      if (seen !== held && compareExchange(at + WORD, seen, held) !== seen) continue;
      const switches = load(at + SWITCHES);
      const how = yield {
        at: at + WORD,
        expected: held,
        deadline: this.#ticks ? Deadline.NEVER : Deadline.after(this.#interval),
        kind: WaitKind.gil,
        unstoppable,
      };
      if (how === "stopped") throw stopped("Waiting for the Gil");
      if (how === "timedOut" && load(at + SWITCHES) === switches) store(at + DROP, 1);
    }
  }

  /** Waits until another thread has had the lock, if one is there to want it. */
  *#othersTurn(switches: number): Waiting<void> {
    const deadline = Deadline.after(this.#interval);
    while (load(this.#at + SWITCHES) === switches && parkedAt(this.#at + WORD) > 0) {
      const how = yield {
        at: this.#at + SWITCHES,
        expected: switches,
        deadline,
        kind: WaitKind.gil,
        unstoppable: true,
      };
      if (how === "timedOut") return;
    }
  }
}

/** What anyone can know of a `Gil`. */
export interface GilStatistics {
  /** Which algorithm it follows. */
  readonly algorithm: "ticks" | "timeslice";
  /** The slice in milliseconds, or the checkpoints of a turn. */
  readonly interval: number;
  /** The name of the thread whose turn it is; `null`: nobody's. */
  readonly holder: string | null;
  /** How many wait for their turn. */
  readonly waiting: number;
  /** How often it went from one thread to another. */
  readonly switches: number;
}

noteKind<number>(KIND, (at) => arrive({ at }, Gil));
