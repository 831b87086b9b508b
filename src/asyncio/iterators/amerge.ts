import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { Deque } from "../../core/collections/deque.ts";
import { Bell, checkSource, endAll, Lane, type Source } from "./async_source.ts";

type Arrival<T> = { lane: Lane<T>; value: T } | { error: unknown };

/**
 * Gives the items of several sources as they come, whichever comes first.
 *
 * - Each source is asked for its next item when the one before was taken: no more than one of each waits here.
 * - Of items that are there at the same time the one that came first goes first, so no source is starved.
 * - An error of one source comes out and ends the others; so does `break`. A source that is busy then is asked to
 *   end after its next item, and not waited for.
 *
 * @param sources async iterables, or plain ones.
 * @throws {TypeError} if one is not iterable.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { amerge } from "@quartet/concurrency/asyncio";
 *
 * const merged = await Array.fromAsync(amerge(["a", "b"], [1, 2]));
 * assertEquals(merged.toSorted(), [1, 2, "a", "b"]);
 * ```
 */
export function amerge<S extends readonly Source<unknown>[]>(
  ...sources: S
): AsyncGenerator<ItemOfSource<S[number]>, void, undefined> {
  sources.forEach(checkSource);
  const bell = new Bell();
  const all = sources as readonly Source<unknown>[] as readonly Source<ItemOfSource<S[number]>>[];
  return new OrderedReads<ItemOfSource<S[number]>>(merge(all, bell), () => bell.end());
}

/** The type of the items of a source. */
export type ItemOfSource<S> = S extends AsyncIterable<infer T> ? T
  : S extends Iterable<infer T> ? Awaited<T>
  : never;

async function* merge<T>(
  sources: readonly Source<T>[],
  bell: Bell,
): AsyncGenerator<T, void, undefined> {
  const arrivals = new Deque<Arrival<T>>();
  const lanes = sources.map((source) => new Lane(source));
  const ask = (lane: Lane<T>): void =>
    lane.ask((answer) => {
      if (answer.status === "rejected") arrivals.push({ error: answer.reason });
      else if (!answer.value.done) arrivals.push({ lane, value: answer.value.value });
      bell.ring();
    });
  try {
    for (const lane of lanes) ask(lane);
    while (!bell.ended) {
      const arrival = arrivals.shift();
      if (arrival === undefined) {
        if (lanes.every((lane) => lane.ended)) return;
        await bell.wait();
      } else if ("error" in arrival) {
        throw arrival.error;
      } else {
        yield arrival.value;
        ask(arrival.lane);
      }
    }
  } finally {
    await endAll(lanes);
  }
}
