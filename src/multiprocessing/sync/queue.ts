import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkOptions, show } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { EmptyError, FullError, InvalidStateError, ShutDownError } from "../../core/errors.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { BaseQueue, blocking, mappedOf, noteQueue, remoteOf } from "./base_queue.ts";

/**
 * A queue between processes.
 *
 * - First in, first out, over all processes; the longest waiter gets the next item or place.
 * - It lives in the process that made it, ends with it, and crosses like {@link Lock}. Items are copied when they are put.
 * - Processes that have `--allow-ffi`, on Linux, see its items in memory that the family shares: a put and a get are not a
 *   message then, and `putSync` and `getSync` block a thread. All others ask the process that made it. FFI is full power over
 *   the process that gives it, and what stands in that memory is trusted as that.
 * - A child that asks its parent for one item after the other is sent more of them ahead. They stay the queue's until the child
 *   takes them: whoever asks first gets them, however busy the child is, and none is lost with it.
 * - `put` resolves when the item is in the queue, so a `get` afterwards finds it. Not like Python, whose feeder
 *   thread may still hold it, and where an item that cannot cross is lost: here `put` rejects. Of a child whose parent serves
 *   a queue without bound it resolves when the item is on its way, ahead of whatever else the child says to other processes;
 *   it arrives also if the child is killed, and `shutdown()` lets in what was put before.
 * - A `get` that is cancelled, or loses a `race`, takes nothing: an item that was under way goes back in front. A `put`
 *   that was done when it was cancelled is told as done, and the cancel comes at the next wait.
 * - Iterating takes items until the queue is shut down and empty.
 * - An item that a process has taken is lost with it when it is killed; one that it has put stays.
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
export class Queue<T = unknown> extends BaseQueue<T> {
  #isClosed = false;
  readonly #check = (): void => this.#checkOpen();

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
    super(Math.max(0, maxsize));
  }

  /**
   * Puts an item in, waiting for a place.
   *
   * @throws {FullError} when the timeout passes first.
   * @throws {ShutDownError} if the queue is shut down.
   * @throws {TransferError} if the item cannot cross.
   * @throws {RangeError} if the memory that the processes share is full: it holds 1 GiB.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    return this.putting(item, options, "Queue.put()", this.#check);
  }

  /**
   * As {@link Queue.put}, blocking this thread.
   *
   * @throws {Deno.errors.NotSupported} where the queue is not in memory that the processes share, which takes `--allow-ffi`.
   */
  putSync(item: T, options?: WaitOptions): void {
    this.#checkOpen();
    blocking(this, "Queue.putSync()").putSync(
      item,
      options === undefined ? null : timeoutOf(options),
    );
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
  get(options?: WaitOptions): Promise<T> {
    return this.getting(options, "Queue.get()");
  }

  /**
   * As {@link Queue.get}, blocking this thread.
   *
   * @throws {Deno.errors.NotSupported} where the queue is not in memory that the processes share, which takes `--allow-ffi`.
   */
  getSync(options?: WaitOptions): T {
    const timeout = options === undefined ? null : timeoutOf(options);
    return blocking(this, "Queue.getSync()").getSync(timeout) as T;
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

  /** Whether no more fits in. */
  async full(): Promise<boolean> {
    return mappedOf(this)?.full() ?? await this.ask<boolean>("full");
  }

  /**
   * Lets nobody put any more: waiting puts, and gets when it is empty, get a `ShutDownError`.
   *
   * What other processes have put before is waited for, where the process that made the queue serves it: for a second at most, and
   * not for a process that has ended. What one that was stopped, or busy, sends after that still comes into the queue.
   *
   * @param options `immediate`: throws away what is in the queue, and what still comes.
   */
  async shutdown(options: { immediate?: boolean } = {}): Promise<void> {
    checkOptions(options, "Queue.shutdown()", "immediate: true");
    const immediate = options.immediate ?? false;
    const mapped = mappedOf(this);
    if (mapped !== null) mapped.shutdown(immediate);
    else await this.ask("shutdown", [immediate]);
  }

  /** Says that this process will put no more; others still may. */
  close(): void {
    this.#isClosed = true;
  }

  /** Does nothing: `put` resolves only when the item is in the queue. */
  async joinThread(): Promise<void> {}

  /** Does nothing: no process waits for its items at its end. */
  cancelJoinThread(): void {}

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
   * Reports that an item which was taken is done. A child whose parent serves the queue does not wait for the answer.
   *
   * @throws {RangeError} if all that were put are reported; in such a child that reports what it took itself, from the next
   * report.
   */
  async taskDone(): Promise<void> {
    const mapped = mappedOf(this);
    if (mapped !== null) mapped.taskDone();
    else await (remoteOf(this)?.taskDone() ?? this.ask("taskDone"));
  }

  /** Waits until every item that was put is reported done, or the timeout passes. */
  join(options: WaitOptions = {}): Promise<void> {
    return withdrawable<void>(
      (leave) => {
        const timeout = timeoutOf(options);
        const joined = mappedOf(this)?.join({ timeout, leave }) ??
          this.question<boolean>("join", [timeout], leave);
        return joined as Promise<never>;
      },
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
export class SimpleQueue<T = unknown> extends BaseQueue<T> {
  constructor() {
    super(0);
  }

  /**
   * Puts an item in; never waits for a place.
   *
   * @throws {TransferError} if the item cannot cross.
   */
  put(item: T): Promise<void> {
    return this.putting(item, undefined, "SimpleQueue.put()");
  }

  /**
   * As {@link SimpleQueue.put}, blocking this thread.
   *
   * @throws {Deno.errors.NotSupported} where the queue is not in memory that the processes share, which takes `--allow-ffi`.
   */
  putSync(item: T): void {
    blocking(this, "SimpleQueue.putSync()").putSync(item, null);
  }

  /**
   * Takes the first item, waiting for one.
   *
   * @throws {EmptyError} when the timeout passes first.
   */
  get(options?: WaitOptions): Promise<T> {
    return this.getting(options, "SimpleQueue.get()");
  }

  /**
   * As {@link SimpleQueue.get}, blocking this thread.
   *
   * @throws {Deno.errors.NotSupported} where the queue is not in memory that the processes share, which takes `--allow-ffi`.
   */
  getSync(options?: WaitOptions): T {
    const timeout = options === undefined ? null : timeoutOf(options);
    return blocking(this, "SimpleQueue.getSync()").getSync(timeout) as T;
  }

  /** Does nothing here: it is gone when nobody has it any more. */
  close(): void {}
}

noteQueue("mp.Queue", Queue, import.meta.url);
noteQueue("mp.JoinableQueue", JoinableQueue, import.meta.url);
noteQueue("mp.SimpleQueue", SimpleQueue, import.meta.url);
