import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { EventState } from "../../sync/event.ts";
import { timeoutOf } from "../objects/bounds.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import { Block } from "../mapped/block.ts";
import { blockingBounds } from "../mapped/mapped_core.ts";
import { EVENT_SIZE, MappedEvent, MappedEventCore } from "../mapped/event.ts";
import { blockOf, noteShared, notMapped, SharedObject } from "../objects/shared_object.ts";
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
export class EventCore implements Core {
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
 * - It crosses like {@link Lock}, and is served or stands in shared memory as that does.
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
  readonly #mapped: MappedEvent | null;

  constructor() {
    super(() => {
      const block = Block.make(KIND, EVENT_SIZE);
      return block === null ? new EventCore() : new MappedEventCore(block);
    });
    const block = blockOf(this);
    this.#mapped = block === null ? null : new MappedEvent(block);
  }

  /** Whether it is set. */
  async isSet(): Promise<boolean> {
    return this.#mapped === null ? await this.ask("isSet") : this.#mapped.isSet;
  }

  /** Sets it and wakes every waiter. In memory that this process reaches that is done when the call returns. */
  async set(): Promise<void> {
    if (this.#mapped === null) await this.ask("set");
    else this.#mapped.set();
  }

  /** Makes it unset again. */
  async clear(): Promise<void> {
    if (this.#mapped === null) await this.ask("clear");
    else this.#mapped.clear();
  }

  /** Waits until it is set; `false` when the timeout passes first. */
  wait(options: WaitOptions = {}): Promise<boolean> {
    const mapped = this.#mapped;
    const call = "Event.wait()";
    if (mapped === null) {
      return withdrawable(
        (leave) => this.question<boolean>("wait", [timeoutOf(options)], leave),
        { options, call, answersLate: this.answersLate },
      );
    }
    return withdrawable((leave) => {
      if (mapped.isSet) return true;
      const bounds = { deadline: Deadline.after(options.timeout), signal: leave.signal };
      return mapped.block.memory.run(mapped.untilSet(call, bounds, false), this);
    }, { options, call });
  }

  /**
   * As {@link wait}, blocking this process.
   *
   * @throws {InvalidStateError} if it does not stand in memory that this process reaches, which takes Linux and `--allow-ffi`.
   */
  waitSync(options?: WaitOptions): boolean {
    const mapped = this.#mapped;
    if (mapped === null) throw notMapped("wait for the Event", "wait()");
    const call = "Event.waitSync()";
    return mapped.block.memory.block(mapped.untilSet(call, blockingBounds(options, call), true));
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<EventStatistics> {
    if (this.#mapped === null) return await this.inspect<EventStatistics>();
    return Object.freeze(this.#mapped.statistics());
  }
}

const KIND = "mp.Event";

noteShared(KIND, Event, import.meta.url);
