import { checkIterable, checkOptions } from "../../core/check.ts";
import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { Arrivals, type IwaitOptions, type Waitable } from "./arrivals.ts";

/**
 * Gives each of `objects` as it becomes ready: greenlets that have ended, events that are set, results that are there.
 *
 * @param options milliseconds, or `{ timeout, count, signal }`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { iwait, sleep, spawn } from "@quartet/concurrency/gevent";
 *
 * const slow = spawn(sleep, 100), fast = spawn(sleep, 1);
 * const order: string[] = [];
 * for await (const greenlet of iwait([slow, fast])) order.push(greenlet === fast ? "fast" : "slow");
 * assertEquals(order, ["fast", "slow"]);
 * ```
 */
export function iwait<W extends Waitable>(
  objects: Iterable<W>,
  options: IwaitOptions | number = {},
): AsyncGenerator<W, void, undefined> {
  checkIterable(objects, "objects");
  if (typeof options !== "number") checkOptions(options, "iwait()", "timeout: 1000");
  const arrivals = new Arrivals(
    objects,
    typeof options === "number" ? { timeout: options } : options,
  );
  return new OrderedReads<W>(arrived(arrivals), () => arrivals.close());
}

async function* arrived<W extends Waitable>(
  arrivals: Arrivals<W>,
): AsyncGenerator<W, void, undefined> {
  try {
    for (let next = await arrivals.next(); next !== null; next = await arrivals.next()) {
      yield next.object;
    }
  } finally {
    arrivals.close();
  }
}

/**
 * Waits for all of `objects`, or some, and returns those that became ready, in that order.
 *
 * @param options milliseconds, or `{ timeout, count, signal }`: after `count` of them, or when the timeout has passed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Event, spawn, wait } from "@quartet/concurrency/gevent";
 *
 * const ready = new Event();
 * spawn(() => ready.set());
 * assertEquals(await wait([ready, new Event()], { count: 1 }), [ready]);
 * ```
 */
export async function wait<W extends Waitable>(
  objects: Iterable<W>,
  options: IwaitOptions | number = {},
): Promise<W[]> {
  const ready: W[] = [];
  for await (const object of iwait(objects, options)) ready.push(object);
  return ready;
}
