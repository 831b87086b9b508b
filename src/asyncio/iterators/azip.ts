import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import type { ItemOfSource } from "./amerge.ts";
import { type Answer, Bell, checkSource, endAll, Lane, type Source } from "./async_source.ts";

/** A tuple with an item of each source. */
export type Zipped<S extends readonly Source<unknown>[]> = {
  -readonly [K in keyof S]: ItemOfSource<S[K]>;
};

/**
 * Gives the first items of all sources together, then the second ones, until the shortest has ended.
 *
 * - The sources are asked side by side, when the consumer asks.
 * - An error of one comes out when all of that round have answered, and ends the others; so does `break`.
 *
 * Not like Python's `zip`: since all are asked at once, the longer sources have given one item more than is
 * seen when the shortest ends.
 *
 * @param sources async iterables, or plain ones; none gives nothing.
 * @throws {TypeError} if one is not iterable.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { azip } from "@quartet/concurrency/asyncio";
 *
 * assertEquals(await Array.fromAsync(azip("ab", [1, 2, 3])), [["a", 1], ["b", 2]]);
 * ```
 */
export function azip<S extends readonly Source<unknown>[]>(
  ...sources: S
): AsyncGenerator<Zipped<S>, void, undefined> {
  sources.forEach(checkSource);
  const bell = new Bell();
  const rows = new OrderedReads<unknown[]>(zip(sources, bell), () => bell.end());
  return rows as unknown as AsyncGenerator<Zipped<S>, void, undefined>;
}

async function* zip(
  sources: readonly Source<unknown>[],
  bell: Bell,
): AsyncGenerator<unknown[], void, undefined> {
  if (sources.length === 0) return;
  const lanes = sources.map((source) => new Lane(source));
  try {
    while (true) {
      let round: Answer<unknown>[] = [];
      Promise.all(lanes.map(answerOf)).then((answers) => {
        round = answers;
        bell.ring();
      });
      await bell.wait();
      if (bell.ended) return;
      const row: unknown[] = [];
      for (const answer of round) {
        if (answer.status === "rejected") throw answer.reason;
        if (answer.value.done) return;
        row.push(answer.value.value);
      }
      yield row;
    }
  } finally {
    await endAll(lanes);
  }
}

function answerOf(lane: Lane<unknown>): Promise<Answer<unknown>> {
  return new Promise((resolve) => lane.ask(resolve));
}
