import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { checkDelay, checkOptions } from "../../core/check.ts";
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { checkSize } from "./abuffer.ts";
import { Bell, checkSource, Lane, type Source } from "./async_source.ts";

/** How {@linkcode achunk} fills its chunks. */
export interface AchunkOptions {
  /** Milliseconds after its first item at which a chunk is given even if it is not full; default: no bound. */
  readonly wait?: number;
}

/**
 * Gathers items into arrays of `size`; the last one may be shorter.
 *
 * - With `wait`, a chunk that has something in it is given after that time at the latest, full or not: for sources
 *   that sometimes dry up.
 * - Never more than one chunk is gathered ahead of the consumer, none before it asks for the first.
 * - An error of the source comes out after the items that came before it; so no item is lost. `break` ends the
 *   source; one that is busy then is asked to end after its next item, and not waited for.
 *
 * Source: `itertools.batched`.
 *
 * @param source an async iterable, or a plain one.
 * @param size how many items make a chunk.
 * @throws {TypeError} if `source` is not iterable.
 * @throws {RangeError} if `size` is no whole number of 1 or more, or `wait` is `NaN`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { achunk } from "@quartet/concurrency/asyncio";
 *
 * assertEquals(await Array.fromAsync(achunk([1, 2, 3], 2)), [[1, 2], [3]]);
 * ```
 */
export function achunk<T>(
  source: Source<T>,
  size: number,
  options: AchunkOptions = {},
): AsyncGenerator<T[], void, undefined> {
  checkOptions(options, "achunk()", "wait: 10");
  checkSource(source);
  checkSize(size, "gather");
  const { wait = Infinity } = options;
  checkDelay(wait, "wait");
  const bell = new Bell();
  return new OrderedReads<T[]>(chunk(source, size, wait, bell), () => bell.end());
}

async function* chunk<T>(
  source: Source<T>,
  size: number,
  wait: number,
  bell: Bell,
): AsyncGenerator<T[], void, undefined> {
  const lane = new Lane(source);
  let items: T[] = [];
  let failure = null as { error: unknown } | null;
  let timer = null as ClockTimer | null;
  let due = false;
  const ask = (): void =>
    lane.ask((answer) => {
      if (answer.status === "rejected") failure = { error: answer.reason };
      else if (!answer.value.done) items.push(answer.value.value);
      bell.ring();
    });
  const ripen = (): void => {
    due = true;
    bell.ring();
  };
  const take = (): T[] => {
    timer?.cancel();
    timer = null;
    due = false;
    const taken = items;
    items = [];
    return taken;
  };
  try {
    while (!bell.ended) {
      const full = items.length >= size;
      if (full || (items.length > 0 && (due || lane.ended))) {
        yield take();
      } else if (lane.ended) {
        if (failure !== null) throw failure.error;
        return;
      } else {
        if (items.length > 0 && timer === null && wait !== Infinity) timer = setTimer(ripen, wait);
        if (!lane.busy) ask();
        await bell.wait();
      }
    }
  } finally {
    timer?.cancel();
    await lane.end();
  }
}
