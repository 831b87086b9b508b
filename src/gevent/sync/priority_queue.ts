import { type ItemStore, RankedStore } from "../../sync/item_store.ts";
import { Queue, StopIteration } from "./greenlet_queue.ts";

/**
 * A {@linkcode Queue} that gives the smallest item first; of equal ones the one that came first.
 *
 * Items are numbers, texts, or arrays compared place by place, such as `[priority, item]`; `StopIteration` comes last.
 *
 * Not like gevent: only the places that are numbers or texts count, so what stands behind the priority need not be
 * comparable.
 *
 * Source: `gevent.queue.PriorityQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { queue } from "@quartet/concurrency/gevent";
 *
 * const work = new queue.PriorityQueue<[number, string]>();
 * for (const item of [[2, "later"], [1, "now"]] as [number, string][]) work.putNowait(item);
 * assertEquals(work.getNowait(), [1, "now"]);
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  /** What keeps the items. */
  protected override makeStore(): ItemStore<T> {
    return new RankedStore<T>(compare);
  }
}

function compare(a: unknown, b: unknown): number {
  if (a === StopIteration || b === StopIteration) {
    return Number(a === StopIteration) - Number(b === StopIteration);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const difference = compare(a[i], b[i]);
      if (difference !== 0) return difference;
    }
    return a.length - b.length;
  }
  const comparable = (typeof a === "number" && typeof b === "number") ||
    (typeof a === "string" && typeof b === "string") ||
    (typeof a === "bigint" && typeof b === "bigint");
  return !comparable || a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}
