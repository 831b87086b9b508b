import type { WaitOptions } from "../../core/deadline.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { EventState } from "../../sync/event.ts";
import { timeoutOf } from "../objects/bounds.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";
import { waitIn } from "./caller_waiter.ts";

/** How an event stands. */
export interface EventStatistics {
  /** Whether it is set. */
  readonly isSet: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["isSet", "set", "clear", "wait", "statistics"]);

/** The event in its home. */
class EventCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #state = new EventState();

  isSet(): boolean {
    return this.#state.isSet;
  }

  set(): void {
    this.#state.set();
  }

  clear(): void {
    this.#state.clear();
  }

  wait(caller: Caller, timeout: number | null): boolean | Promise<boolean> {
    return this.#state.isSet || waitIn(this.#state, undefined, caller, timeout);
  }

  statistics(): EventStatistics {
    return { isSet: this.#state.isSet, waiting: this.#state.waiting };
  }
}

/**
 * A flag that processes wait for.
 *
 * - `set()` wakes every waiter, also when `clear()` follows at once.
 * - It crosses like {@link Lock}.
 *
 * Source: `multiprocessing.Event`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Event } from "@quartet/concurrency/multiprocessing";
 *
 * const started = new Event();
 * assertEquals(await started.wait({ timeout: 0 }), false);
 * await started.set();
 * assertEquals(await started.wait(), true);
 * ```
 */
export class Event extends SharedObject {
  constructor() {
    super(() => new EventCore());
  }

  /** Whether it is set. */
  isSet(): Promise<boolean> {
    return this.ask("isSet");
  }

  /** Sets it and wakes every waiter. */
  async set(): Promise<void> {
    await this.ask("set");
  }

  /** Makes it unset again. */
  async clear(): Promise<void> {
    await this.ask("clear");
  }

  /** Waits until it is set; `false` when the timeout passes first. */
  wait(options: WaitOptions = {}): Promise<boolean> {
    return withdrawable(
      (leave) => this.question<boolean>("wait", [timeoutOf(options)], leave),
      { options, call: "Event.wait()", answersLate: this.answersLate },
    );
  }

  /** Returns a snapshot of its counters. */
  statistics(): Promise<EventStatistics> {
    return this.inspect<EventStatistics>();
  }
}

noteShared("mp.Event", Event, import.meta.url);
