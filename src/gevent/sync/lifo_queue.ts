import { Queue } from "./greenlet_queue.ts";
import { type ItemStore, LifoStore } from "../../sync/item_store.ts";

/**
 * A {@linkcode Queue} that gives the item that came last.
 *
 * Source: `gevent.queue.LifoQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { queue } from "@quartet/concurrency/gevent";
 *
 * const stack = new queue.LifoQueue<number>();
 * for (const n of [1, 2, 3]) stack.putNowait(n);
 * assertEquals([stack.getNowait(), stack.getNowait()], [3, 2]);
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  /** What keeps the items. */
  protected override makeStore(): ItemStore<T> {
    return new LifoStore<T>();
  }
}
