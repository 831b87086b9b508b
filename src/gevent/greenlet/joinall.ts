import { checkIterable, checkOptions } from "../../core/check.ts";
import type { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import { Arrivals, type IwaitOptions } from "./arrivals.ts";
import { compose } from "./compose.ts";
import type { Greenlet } from "./greenlet.ts";

/** How {@linkcode joinall} waits. */
export interface JoinallOptions extends IwaitOptions {
  /** Whether the error of the first greenlet that failed is thrown; default `false`. */
  readonly raiseError?: boolean;
}

/**
 * Waits until all of `greenlets` have ended and returns those that have, in the order in which they ended.
 *
 * @param options milliseconds, or `{ timeout, count, raiseError, signal }`: after `count` of them, or when the
 *   timeout has passed, it returns those that have ended until then.
 * @throws the error of a greenlet, with `raiseError`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { joinall, sleep, spawn } from "@quartet/concurrency/gevent";
 *
 * const work = [3, 1].map((delay) => spawn(async () => (await sleep(delay), delay)));
 * const ended = await joinall(work);
 * assertEquals(ended.map((greenlet) => greenlet.value), [1, 3]);
 * ```
 */
export function joinall<T>(
  greenlets: Iterable<Greenlet<T>>,
  options: JoinallOptions | number = {},
): Future<Greenlet<T>[]> {
  checkIterable(greenlets, "greenlets");
  if (typeof options !== "number") checkOptions(options, "joinall()", "timeout: 1000");
  const { raiseError = false, ...bounds } = typeof options === "number"
    ? { timeout: options }
    : options;
  const arrivals = new Arrivals(greenlets, bounds);
  return compose(collect(arrivals, raiseError));
}

function* collect<T>(
  arrivals: Arrivals<Greenlet<T>>,
  raiseError: boolean,
): Generator<unknown, Greenlet<T>[], unknown> {
  const ended: Greenlet<T>[] = [];
  try {
    while (true) {
      const next = arrivals.tryNext() ?? (yield* arrivals.next())?.object;
      if (next === undefined) return ended;
      if (raiseError && !next.successful()) throw next.exception;
      ended.push(next);
    }
  } finally {
    arrivals.close();
  }
}
