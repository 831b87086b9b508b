import type { WaitOptions } from "../../core/deadline.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { arrive, handleTo, settle } from "../../shared/memory/refcount.ts";
import { parkedAt } from "../../shared/parking/parking_lot.ts";
import { runAsync } from "../../shared/parking/run_async.ts";
import { threadMemory } from "../../shared/parking/thread_memory.ts";
import { block, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import { clear, isSet, set, untilSet } from "../../shared/sync/event.ts";

/** Words of its block: counts, the flag. */
const FLAG = 1, SIZE = 2;
const KIND = "threading.Event";

/**
 * A flag that threads and tasks wait for.
 *
 * - `set()` wakes all waiters at that moment, also when `clear()` follows at once.
 * - `wait()` returns at once while it is set.
 * - Can be passed to a thread and put in a queue, and is the same event there.
 *
 * Source: Python's `threading.Event`. Not like Python: a bare number is refused in the place of options: give
 * `wait({ timeout: 5 })`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Event } from "@quartet/concurrency/threading";
 *
 * const ready = new Event();
 * assertEquals(ready.waitSync({ timeout: 1 }), false);
 * ready.set();
 * assertEquals(await ready.wait(), true);
 * ```
 */
export class Event {
  readonly #flag: number;

  /** An event that is not set. */
  constructor() {
    this.#flag = settle(this, new.target, SIZE) + FLAG;
  }

  /** Whether it is set. */
  isSet(): boolean {
    return isSet(threadMemory, this.#flag);
  }

  /** Sets it and wakes all waiters. */
  set(): void {
    set(threadMemory, this.#flag);
  }

  /** Takes the flag down; later waits wait for the next `set()`. */
  clear(): void {
    clear(threadMemory, this.#flag);
  }

  /**
   * Waits with a promise until it is set.
   *
   * @returns `true` when it was set, `false` when the timeout passed.
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return runAsync(this.#waiting("Event.wait()", options, false));
  }

  /** As {@link wait}, blocking this thread. */
  waitSync(options?: WaitOptions): boolean {
    return block(this.#waiting("Event.waitSync()", options, true));
  }

  /** Whether it is set and how many wait. */
  statistics(): EventStatistics {
    return Object.freeze({ isSet: this.isSet(), waiting: parkedAt(this.#flag) });
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return handleTo(this.#flag - FLAG, KIND, import.meta.url, reach);
  }

  *#waiting(what: string, options: WaitOptions | undefined, blocking: boolean): Waiting<boolean> {
    return yield* untilSet(threadMemory, this.#flag, what, boundsOf(options, what), blocking);
  }
}

/** What anyone can know of an `Event`. */
export interface EventStatistics {
  /** Whether it is set. */
  readonly isSet: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

noteKind<number>(KIND, (at) => arrive({ at }, Event));
