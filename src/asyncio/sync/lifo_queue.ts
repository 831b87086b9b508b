import { LifoStore } from "../../sync/item_store.ts";
import { Queue } from "./queue.ts";

/**
 * A {@link Queue} that gives the youngest item first.
 *
 * Source: Python's `asyncio.LifoQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { LifoQueue } from "@quartet/concurrency/asyncio";
 *
 * const queue = new LifoQueue<number>();
 * for (const n of [1, 3, 2]) queue.putNowait(n);
 * assertEquals([queue.getNowait(), queue.getNowait(), queue.getNowait()], [2, 3, 1]);
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  /**
   * Makes an empty one.
   *
   * @param maxsize how many items it can hold; 0: any number.
   */
  constructor(maxsize = 0) {
    super(maxsize, new LifoStore<T>());
  }
}
