import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import { Bell, checkSource, Lane, type Source } from "./async_source.ts";

type Item<T> = { value: T } | { error: unknown };

/**
 * Fetches up to `size` items ahead, while the consumer is busy with the one before.
 *
 * - It begins when the consumer asks for the first item. The order stays.
 * - Never more than `size` items wait here; then the source is asked no further.
 * - An error of the source comes out after the items that came before it.
 * - `break` ends the source and drops what was fetched. A source that is busy then is asked to end after its next
 *   item, and not waited for.
 *
 * @param source an async iterable, or a plain one.
 * @param size how many items may wait here; default 16.
 * @throws {TypeError} if `source` is not iterable.
 * @throws {RangeError} if `size` is no whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { abuffer } from "@quartet/concurrency/asyncio";
 *
 * assertEquals(await Array.fromAsync(abuffer([1, 2, 3], 2)), [1, 2, 3]);
 * ```
 */
export function abuffer<T>(
  source: Source<T>,
  size: number = 16,
): AsyncGenerator<T, void, undefined> {
  checkSource(source);
  checkSize(size, "buffer");
  const consumer = new Bell();
  return new OrderedReads<T>(buffer(source, size, consumer), () => consumer.end());
}

/** Refuses what is no size of a buffer or chunk. */
export function checkSize(size: number, action: string): void {
  if (size === Infinity || (Number.isInteger(size) && size >= 1)) return;
  throw new RangeError(`Cannot ${action} ${show(size)} items: give a whole number of 1 or more`);
}

async function* buffer<T>(
  source: Source<T>,
  size: number,
  consumer: Bell,
): AsyncGenerator<T, void, undefined> {
  const lane = new Lane(source);
  const fetched = new Deque<Item<T>>();
  const fetchAhead = (): void => {
    if (lane.busy || lane.ended || consumer.ended || fetched.size >= size) return;
    lane.ask((answer) => {
      if (answer.status === "rejected") fetched.push({ error: answer.reason });
      else if (!answer.value.done) fetched.push({ value: answer.value.value });
      consumer.ring();
      fetchAhead();
    });
  };
  try {
    while (!consumer.ended) {
      fetchAhead();
      const item = fetched.shift();
      if (item === undefined) {
        if (lane.ended) return;
        await consumer.wait();
      } else if ("error" in item) {
        throw item.error;
      } else {
        yield item.value;
      }
    }
  } finally {
    await lane.end();
  }
}
