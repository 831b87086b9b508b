import { Queue } from "./greenlet_queue.ts";
import { Wait, type WaitBound } from "./wait.ts";
import { WaitLine } from "./wait_line.ts";

/**
 * A {@linkcode Queue} that knows when all that was put into it has been worked on.
 *
 * Whoever takes an item says `taskDone()` when it is done with it; `join()` waits until that was said for all.
 *
 * Source: `gevent.queue.JoinableQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { queue, spawn } from "@quartet/concurrency/gevent";
 *
 * const work = new queue.JoinableQueue<number>();
 * let sum = 0;
 * const worker = spawn(async () => {
 *   for await (const n of work) {
 *     sum += n;
 *     work.taskDone();
 *   }
 * });
 * for (const n of [1, 2, 3]) work.putNowait(n);
 * await work.join();
 * assertEquals(sum, 6);
 * await worker.kill();
 * ```
 */
export class JoinableQueue<T> extends Queue<T> {
  readonly #joiners = new WaitLine<boolean>();
  #unfinished = 0;

  /** How many items nobody has said `taskDone()` for. */
  get unfinishedTasks(): number {
    return this.#unfinished;
  }

  /**
   * Says that one item that was taken is done with.
   *
   * @throws {RangeError} if it is said more often than items were put in.
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new RangeError("Cannot say taskDone() more often than items were put into the queue");
    }
    if (--this.#unfinished === 0) this.#joiners.serveAll(true);
  }

  /**
   * Waits until all is done, and answers `true`.
   *
   * @param bound milliseconds, or `{ timeout, signal }`; then `false` is the answer.
   */
  join(bound?: WaitBound): Wait<boolean> {
    if (this.#unfinished === 0) return Wait.given(true);
    return this.#joiners.join(bound, () => false);
  }

  /** Counts. */
  protected override itemAdded(): void {
    this.#unfinished++;
  }
}
