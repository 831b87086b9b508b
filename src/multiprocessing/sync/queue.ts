import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import {
  EmptyError,
  EOFError,
  FullError,
  InvalidStateError,
  ShutDownError,
} from "../../core/errors.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { detached } from "../objects/detached.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { LateAnswers } from "./late_answers.ts";
import { QueueCore, type QueueStatistics } from "./queue_core.ts";
import { noteShared, SharedObject } from "../objects/shared_object.ts";

/**
 * A queue between processes.
 *
 * - First in, first out, over all processes; the longest waiter gets the next item or place.
 * - It lives in the process that made it and crosses like {@link Lock}. Items are copied when they are put.
 * - `put` resolves when the item is in the queue, so a `get` afterwards finds it. Not like Python, whose feeder
 *   thread may still hold it, and where an item that cannot cross is lost: here `put` rejects.
 * - A `get` that is cancelled, or loses a `race`, takes nothing: an item that was under way goes back in front. A `put`
 *   that was done when it was cancelled is told as done, and the cancel comes at the next wait.
 * - Iterating takes items until the queue is shut down and empty.
 * - An item on its way to a process that is killed is lost with it.
 *
 * Source: `multiprocessing.Queue`, and `shutdown` of `queue.Queue`.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { EmptyError, Queue } from "@quartet/concurrency/multiprocessing";
 *
 * const queue = new Queue<string>(2);
 * await queue.put("a");
 * await queue.put("b");
 * assertEquals(await queue.tryPut("c"), false);
 * assertEquals(await queue.get(), "a");
 * assertEquals(await queue.get(), "b");
 * await assertRejects(() => queue.get({ timeout: 0 }), EmptyError);
 * ```
 */
export class Queue<T = unknown> extends SharedObject {
  #isClosed = false;
  readonly #late = new LateAnswers();
  /** Where items go back to that nobody uses. */
  readonly #items: Source<T> = {
    returned: (item) => this.#late.add(this.ask<void>("putBack", [item]).catch(reportLost)),
  };

  /**
   * Makes it, in this process.
   *
   * @param maxsize how many items fit; 0 for any number.
   * @throws {RangeError} if it is no whole number.
   */
  constructor(maxsize = 0) {
    if (!Number.isSafeInteger(maxsize)) {
      throw new RangeError(`Cannot make a queue for ${show(maxsize)} items: give a whole number`);
    }
    super(() => new QueueCore(Math.max(0, maxsize)));
  }

  /**
   * Puts an item in, waiting for a place.
   *
   * @throws {FullError} when the timeout passes first.
   * @throws {ShutDownError} if the queue is shut down.
   * @throws {TransferError} if the item cannot cross.
   */
  put(item: T, options: WaitOptions = {}): Promise<void> {
    return withdrawable<void>((leave) => {
      this.#checkOpen();
      const given = this.core === null ? item : detached(item);
      return this.question("put", [given, timeoutOf(options)], leave);
    }, { options, call: "Queue.put()", source: DEED });
  }

  /** Puts an item in if there is a place; `false` otherwise. */
  async tryPut(item: T): Promise<boolean> {
    try {
      await this.put(item, { timeout: 0 });
      return true;
    } catch (error) {
      if (error instanceof FullError) return false;
      throw error;
    }
  }

  /**
   * Takes the first item, waiting for one.
   *
   * @throws {EmptyError} when the timeout passes first.
   * @throws {ShutDownError} if the queue is shut down and empty.
   */
  get(options: WaitOptions = {}): Promise<T> {
    return withdrawable(
      (leave) =>
        this.#late.after(() => this.question<T>("get", [timeoutOf(options)], leave), leave),
      {
        options,
        call: "Queue.get()",
        source: this.#items,
        answersLate: this.core === null ? this.#late.add : undefined,
      },
    );
  }

  /** Takes the first item; `undefined` if there is none. */
  async tryGet(): Promise<T | undefined> {
    try {
      return await this.get({ timeout: 0 });
    } catch (error) {
      if (error instanceof EmptyError) return undefined;
      throw error;
    }
  }

  /** How many items are in it. */
  qsize(): Promise<number> {
    return this.ask("qsize");
  }

  /** Whether nothing is in it. */
  async empty(): Promise<boolean> {
    return await this.qsize() === 0;
  }

  /** Whether no more fits in. */
  full(): Promise<boolean> {
    return this.ask("full");
  }

  /** Lets nobody put any more: waiting puts, and gets when it is empty, get a `ShutDownError`. */
  async shutdown(options: { immediate?: boolean } = {}): Promise<void> {
    checkOptions(options, "Queue.shutdown()", "immediate: true");
    await this.ask("shutdown", [options.immediate ?? false]);
  }

  /** Says that this process will put no more; others still may. */
  close(): void {
    this.#isClosed = true;
  }

  /** Does nothing: `put` resolves only when the item is in the queue. */
  async joinThread(): Promise<void> {}

  /** Does nothing: no process waits for its items at its end. */
  cancelJoinThread(): void {}

  /** Returns a snapshot of its counters. */
  statistics(): Promise<QueueStatistics> {
    return this.inspect<QueueStatistics>();
  }

  /** Takes items until the queue is shut down and empty. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return new PulledItems<T>(
      (options) => this.get(options),
      (error) => error instanceof ShutDownError,
    );
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new InvalidStateError(
      "Cannot put into the queue: this process has closed it; put from another, or leave close() out",
    );
  }
}

/**
 * A queue between processes that knows when all its items have been worked on.
 *
 * Each item that was taken is reported with `taskDone()`; `join()` waits until all are.
 *
 * Source: `multiprocessing.JoinableQueue`.
 *
 * @example
 * ```ts
 * import { JoinableQueue } from "@quartet/concurrency/multiprocessing";
 *
 * const queue = new JoinableQueue<number>();
 * await queue.put(1);
 * const joined = queue.join();
 * await queue.get();
 * await queue.taskDone();
 * await joined;
 * ```
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /**
   * Reports that an item which was taken is done.
   *
   * @throws {RangeError} if all that were put are reported.
   */
  async taskDone(): Promise<void> {
    await this.ask("taskDone");
  }

  /** Waits until every item that was put is reported done, or the timeout passes. */
  join(options: WaitOptions = {}): Promise<void> {
    return withdrawable<void>(
      (leave) => this.question("join", [timeoutOf(options)], leave),
      { options, call: "JoinableQueue.join()", answersLate: this.answersLate },
    );
  }
}

/**
 * The plainest queue between processes: any number of items, nothing but putting and getting.
 *
 * Source: `multiprocessing.SimpleQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SimpleQueue } from "@quartet/concurrency/multiprocessing";
 *
 * const queue = new SimpleQueue<Map<string, number>>();
 * await queue.put(new Map([["a", 1]]));
 * assertEquals((await queue.get()).get("a"), 1);
 * assertEquals(await queue.empty(), true);
 * ```
 */
export class SimpleQueue<T = unknown> extends SharedObject {
  readonly #late = new LateAnswers();
  /** Where items go back to that nobody uses. */
  readonly #items: Source<T> = {
    returned: (item) => this.#late.add(this.ask<void>("putBack", [item]).catch(reportLost)),
  };

  constructor() {
    super(() => new QueueCore(0));
  }

  /**
   * Puts an item in; never waits for a place.
   *
   * @throws {TransferError} if the item cannot cross.
   */
  put(item: T): Promise<void> {
    return withdrawable<void>(
      (leave) => this.question("put", [this.core === null ? item : detached(item), null], leave),
      { call: "SimpleQueue.put()", source: DEED },
    );
  }

  /**
   * Takes the first item, waiting for one.
   *
   * @throws {EmptyError} when the timeout passes first.
   */
  get(options: WaitOptions = {}): Promise<T> {
    return withdrawable(
      (leave) =>
        this.#late.after(() => this.question<T>("get", [timeoutOf(options)], leave), leave),
      {
        options,
        call: "SimpleQueue.get()",
        source: this.#items,
        answersLate: this.core === null ? this.#late.add : undefined,
      },
    );
  }

  /** How many items are in it. */
  qsize(): Promise<number> {
    return this.ask("qsize");
  }

  /** Whether nothing is in it. */
  async empty(): Promise<boolean> {
    return await this.qsize() === 0;
  }

  /** Does nothing here: it is gone when nobody has it any more. */
  close(): void {}

  /** Returns a snapshot of its counters. */
  statistics(): Promise<QueueStatistics> {
    return this.inspect<QueueStatistics>();
  }
}

/** What a put waits for: it is done, and nothing to be given back. */
const DEED: Source<void> = { stands: true };

/** An item that came too late for its taker cannot go back to a queue that is gone. */
function reportLost(error: unknown): void {
  if (!(error instanceof EOFError)) reportError(error);
}

noteShared("mp.Queue", Queue, import.meta.url);
noteShared("mp.JoinableQueue", JoinableQueue, import.meta.url);
noteShared("mp.SimpleQueue", SimpleQueue, import.meta.url);
