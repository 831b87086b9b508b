import { checkOptions, show } from "../../core/check.ts";
import { type Compare, RankedStore } from "../../sync/item_store.ts";
import { Queue } from "./queue.ts";

/**
 * A {@link Queue} that gives the smallest item first.
 *
 * - Numbers, bigints and strings are compared as they are, arrays element by element, so that
 *   `[priority, item]` works; anything else needs `compare`.
 * - Items of the same priority come in the order in which they were put. (In Python they are compared
 *   further, or fail.)
 * - A `compare` that throws fails the call that needed it; no item is lost, and the order stays right.
 *
 * Source: Python's `asyncio.PriorityQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PriorityQueue } from "@quartet/concurrency/asyncio";
 *
 * const queue = new PriorityQueue<[number, string]>();
 * queue.putNowait([2, "later"]);
 * queue.putNowait([1, "first"]);
 * assertEquals(queue.getNowait(), [1, "first"]);
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  /**
   * Makes an empty one.
   *
   * @param maxsize how many items it can hold; 0: any number.
   * @param options.compare the order; default: by value, see above.
   */
  constructor(maxsize = 0, options: { compare?: Compare<T> } = {}) {
    checkOptions(options, "new PriorityQueue()", "compare: (a, b) => a - b");
    super(maxsize, new RankedStore(options.compare ?? natural));
  }
}

/** The order of values that have one. */
function natural(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      // Only the priority has to be comparable: what is carried along may be anything.
      if (!comparable(a[i], b[i])) return 0;
      const order = natural(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (!comparable(a, b)) {
    throw new TypeError(
      `Cannot order ${show(a)} and ${
        show(b)
      }: put numbers, strings or [priority, item], or give compare`,
    );
  }
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function comparable(a: unknown, b: unknown): boolean {
  const number = (value: unknown): boolean =>
    typeof value === "number" || typeof value === "bigint";
  return (number(a) && number(b)) || (typeof a === "string" && typeof b === "string") ||
    (a instanceof Date && b instanceof Date) || (Array.isArray(a) && Array.isArray(b));
}
