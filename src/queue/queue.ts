import { checkOptions } from "../core/check.ts";
import type { WaitOptions } from "../core/deadline.ts";
import { type Handle, noteKind, travels } from "../shared/memory/handle.ts";
import { arrive } from "../shared/memory/refcount.ts";
import { compareExchange, load, store } from "../shared/memory/words.ts";
import { unpark } from "../shared/parking/parking_lot.ts";
import { runAsync } from "../shared/parking/run_async.ts";
import { WaitKind } from "../shared/parking/wait_kind.ts";
import { block, boundsOf, throwIfEnded, type Waiting } from "../shared/parking/waiting.ts";
import { queueHandle } from "./queue_handle.ts";
import { BaseQueue, checkMaxsize, type Keeping } from "./base_queue.ts";
import { ahead, countOf, COUNTS, leaveSide, Q, takeSide, wakeAll } from "./queue_words.ts";
import { finalizeRing, Ring } from "./ring.ts";

const RING: Keeping = {
  build: (at) => Ring.build(at),
  open: (at) => new Ring(at),
  finalize: finalizeRing,
};
const KIND = "queue.Queue";

/**
 * A queue between threads, and between tasks: first in, first out.
 *
 * - `get()` and `put()` wait with a promise, `getSync()` and `putSync()` block the thread, `tryGet()` and
 *   `tryPut()` never wait; all work on the same queue, from any thread.
 * - Items are whatever structured clone takes, `null` and `undefined` included, and are copied on the way;
 *   locks, queues and the like stay themselves. The items of one putting thread come out in its order.
 * - With a `maxsize`, putting waits while that many items are inside.
 * - `taskDone()` says that an item is dealt with; `join()` waits until that was said of all.
 * - `shutdown()`: putting throws `ShutDownError` at once, getting does when the queue is empty. Iteration,
 *   `for await (const item of queue)`, ends then.
 * - Can be passed to a thread and put in a queue, and is the same queue there.
 *
 * Source: Python's `queue.Queue`. Not like Python: items are copied; a timeout is in milliseconds, and below 0
 * means at once, as 0 does; a bare number is refused in the place of options. A `get()` that is cancelled takes no item;
 * one that loses a `race` puts its item back in front.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Queue } from "@quartet/concurrency/queue";
 *
 * const queue = new Queue<number>(2);
 * queue.putSync(1);
 * await queue.put(2);
 * assertEquals(queue.tryPut(3), false);
 * queue.shutdown();
 * assertEquals(await Array.fromAsync(queue), [1, 2]);
 * ```
 */
export class Queue<T> extends BaseQueue<T> {
  /**
   * An empty queue.
   *
   * @param maxsize how many items fit; 0 or less: any number.
   * @param keeping how the items are kept; for queues with another order.
   * @throws {TypeError | RangeError} if `maxsize` is no whole number.
   */
  constructor(maxsize = 0, keeping: Keeping = RING) {
    super(maxsize, keeping);
  }

  /**
   * How many items fit; 0: any number. It can be set, from any thread: a larger one lets waiting puts in,
   * a smaller one lets nobody in before enough is taken; nothing inside is thrown away.
   *
   * @throws {TypeError | RangeError} if it is set to what is no whole number.
   */
  get maxsize(): number {
    return load(this.address + Q.maxsize);
  }
  set maxsize(maxsize: number) {
    checkMaxsize(maxsize);
    const at = this.address;
    takeSide(at + Q.put);
    store(at + Q.maxsize, Math.max(0, maxsize));
    leaveSide(at + Q.put, 0, at + Q.items);
    wakeAll(at + Q.room);
  }

  /** Whether it has a `maxsize` and that many items; another thread may change that at once. */
  full(): boolean {
    return this.maxsize > 0 && this.qsize() >= this.maxsize;
  }

  /** How many items were put and not yet marked with `taskDone()`. */
  get unfinishedTasks(): number {
    const at = this.address;
    const done = load(at + Q.done); // first: the other only grows
    return ahead(countOf(load(at + Q.put)), done);
  }

  /**
   * Says that an item that was got is dealt with.
   *
   * @throws {RangeError} if that was said more often than items were put.
   */
  taskDone(): void {
    const done = this.address + Q.done;
    while (true) {
      const before = load(done);
      const left = ahead(countOf(load(this.address + Q.put)), before);
      if (left === 0) {
        throw new RangeError(
          "Cannot mark another item as done: taskDone() was called too many times",
        );
      }
      if (compareExchange(done, before, (before + 1) & (COUNTS - 1)) !== before) continue;
      if (left === 1) unpark(done);
      return;
    }
  }

  /**
   * Waits with a promise until `taskDone()` was called for every item. Also returns when the timeout
   * passes: see `unfinishedTasks`.
   *
   * @throws {StoppedError} if this thread is asked to stop; the signal's reason if it aborts.
   */
  join(options?: WaitOptions): Promise<void> {
    return runAsync(this.#joining("Queue.join()", options));
  }

  /** As {@link join}, blocking this thread. */
  joinSync(options?: WaitOptions): void {
    block(this.#joining("Queue.joinSync()", options));
  }

  /**
   * Shuts the queue down: nothing more can be put, and a wait with nothing to come gets `ShutDownError`.
   *
   * Once is enough; a later call may add `immediate`, but not take it back.
   *
   * @param options `immediate`: the items inside are thrown away and count as done; `join()` goes on waiting
   * for those that were taken out before.
   */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    checkOptions(options, "Queue.shutdown()", "immediate: true");
    const at = this.address;
    if (options.immediate === true) store(at + Q.shut, 2);
    else compareExchange(at + Q.shut, 0, 1);
    if (options.immediate === true) this.discard();
    wakeAll(at + Q.items);
    wakeAll(at + Q.room);
    if (this.unfinishedTasks === 0) unpark(at + Q.done);
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return queueHandle(this.address, KIND, import.meta.url, reach);
  }

  *#joining(what: string, options: WaitOptions | undefined): Waiting<void> {
    const bounds = boundsOf(options, what);
    const done = this.address + Q.done;
    while (true) {
      const seen = load(done);
      if (ahead(countOf(load(this.address + Q.put)), seen) === 0) return;
      const how = yield { at: done, expected: seen, ...bounds, kind: WaitKind.done };
      if (how === "timedOut") return;
      throwIfEnded(how, what, bounds);
    }
  }
}

noteKind<number>(KIND, (at) => arrive({ at }, Queue));
