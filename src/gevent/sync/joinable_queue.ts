import { Queue } from "./greenlet_queue.ts";

/**
 * A {@linkcode Queue} that knows when all that was put into it has been worked on.
 *
 * Since gevent 24.10 each {@linkcode Queue} does; the name is kept.
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
export class JoinableQueue<T> extends Queue<T> {}
