import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { functionFirst } from "./amap.ts";
import { Lane, type Source } from "./async_source.ts";

/**
 * Gives the items of a source for which `predicate` returns something truthy.
 *
 * - One item at a time, asked for when the consumer asks.
 * - An error of the source or of `predicate` comes out and ends the source; so does `break`.
 *
 * @param predicate may be async; is given the item and its index.
 * @param source an async iterable, or a plain one.
 * @throws {TypeError} if `predicate` is no function or `source` not iterable.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { afilter } from "@quartet/concurrency/asyncio";
 *
 * const odd = afilter((n: number) => n % 2 === 1, [1, 2, 3]);
 * assertEquals(await Array.fromAsync(odd), [1, 3]);
 * ```
 */
export function afilter<T>(
  predicate: (item: T, index: number) => unknown,
  source: Source<T>,
): AsyncGenerator<T, void, undefined>;
/** The same with the source first, as JavaScript's `filter` has it. */
export function afilter<T>(
  source: Source<T>,
  predicate: (item: T, index: number) => unknown,
): AsyncGenerator<T, void, undefined>;
/** Gives the items that pass. */
export function afilter<T>(
  a: Source<T> | ((item: T, index: number) => unknown),
  b: Source<T> | ((item: T, index: number) => unknown),
): AsyncGenerator<T, void, undefined> {
  const [predicate, source] = functionFirst<(item: T, index: number) => unknown, T>(a, b);
  const lane = new Lane(source);
  return new OrderedReads<T>(pass(predicate, lane), () => lane.stop());
}

async function* pass<T>(
  predicate: (item: T, index: number) => unknown,
  lane: Lane<T>,
): AsyncGenerator<T, void, undefined> {
  let index = 0;
  try {
    for (let step = await lane.take(); !step.done; step = await lane.take()) {
      if (await predicate(step.value, index++)) yield step.value;
    }
  } finally {
    await lane.end();
  }
}
