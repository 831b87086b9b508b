import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import { checkOptions, show } from "../../core/check.ts";
import { Deque } from "../../core/collections/deque.ts";
import { Bell, checkSource, Lane, reportLater, type Source } from "./async_source.ts";

/** How {@linkcode amap} goes about it. */
export interface AmapOptions {
  /** How many items may be worked on at once; default 1. */
  readonly concurrency?: number;
  /** Whether results come in the order of the items; default `true`. Otherwise as they are done. */
  readonly ordered?: boolean;
}

/** A result on its way. */
interface Slot<R> {
  outcome: PromiseSettledResult<R> | null;
}

/**
 * Calls `fn` for each item of a source and gives the results.
 *
 * - Nothing is asked for before the consumer asks, and never more than `concurrency` items ahead of it.
 * - Results come in the order of the items, or as they are done with `ordered: false`.
 * - An error of the source or of `fn` comes out at its place and ends the source; so does `break`. What is being
 *   worked on is waited for then, and its failures are reported. A source that is busy then is asked to end after its
 *   next item, and not waited for.
 *
 * @param fn may be async; is given the item and its index.
 * @param source an async iterable, or a plain one.
 * @throws {TypeError} if `fn` is no function or `source` not iterable.
 * @throws {RangeError} if `concurrency` is no whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { amap } from "@quartet/concurrency/asyncio";
 *
 * const sizes = amap(async (word: string) => (await Promise.resolve(word)).length, ["a", "bcd"]);
 * assertEquals(await Array.fromAsync(sizes), [1, 3]);
 * ```
 */
export function amap<T, R>(
  fn: (item: T, index: number) => R | PromiseLike<R>,
  source: Source<T>,
  options?: AmapOptions,
): AsyncGenerator<R, void, undefined>;
/** The same with the source first, as JavaScript's `map` has it. */
export function amap<T, R>(
  source: Source<T>,
  fn: (item: T, index: number) => R | PromiseLike<R>,
  options?: AmapOptions,
): AsyncGenerator<R, void, undefined>;
/** Calls a function for each item. */
export function amap<T, R>(
  a: Source<T> | ((item: T, index: number) => R | PromiseLike<R>),
  b: Source<T> | ((item: T, index: number) => R | PromiseLike<R>),
  options: AmapOptions = {},
): AsyncGenerator<R, void, undefined> {
  checkOptions(options, "amap()", "concurrency: 4");
  const [fn, source] = functionFirst<(item: T, index: number) => R | PromiseLike<R>, T>(a, b);
  const { concurrency = 1, ordered = true } = options;
  if (concurrency !== Infinity && (!Number.isInteger(concurrency) || concurrency < 1)) {
    throw new RangeError(`Cannot map with concurrency ${show(concurrency)}: give 1 or more`);
  }
  const lane = new Lane(source);
  if (concurrency === 1) return new OrderedReads<R>(mapOneByOne(fn, lane), () => lane.stop());
  const bell = new Bell();
  const stop = (): void => bell.end();
  return new OrderedReads<R>(mapSideBySide(fn, lane, bell, concurrency, ordered), stop);
}

/** Tells the function from the source, whichever comes first. */
export function functionFirst<F extends (...args: never[]) => unknown, T>(
  a: unknown,
  b: unknown,
): [F, Source<T>] {
  const [fn, source] = typeof a === "function" ? [a, b] : [b, a];
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot call ${show(a)} or ${show(b)}: one of them must be a function`);
  }
  checkSource(source);
  return [fn as F, source as Source<T>];
}

async function* mapOneByOne<T, R>(
  fn: (item: T, index: number) => R | PromiseLike<R>,
  lane: Lane<T>,
): AsyncGenerator<R, void, undefined> {
  let index = 0;
  try {
    for (let step = await lane.take(); !step.done; step = await lane.take()) {
      yield await fn(step.value, index++);
    }
  } finally {
    await lane.end();
  }
}

async function* mapSideBySide<T, R>(
  fn: (item: T, index: number) => R | PromiseLike<R>,
  lane: Lane<T>,
  bell: Bell,
  concurrency: number,
  ordered: boolean,
): AsyncGenerator<R, void, undefined> {
  const slots = new Deque<Slot<R>>();
  let index = 0;
  let stopped = false;

  const settle = (slot: Slot<R>, outcome: PromiseSettledResult<R>): void => {
    slot.outcome = outcome;
    bell.ring();
  };
  const begin = async (item: T): Promise<R> => await fn(item, index++);
  const pull = (): void =>
    lane.ask((answer) => {
      const slot: Slot<R> = { outcome: null };
      if (answer.status === "rejected") {
        slot.outcome = answer;
        slots.push(slot);
      } else if (!answer.value.done && !stopped) {
        slots.push(slot);
        begin(answer.value.value).then(
          (value) => settle(slot, { status: "fulfilled", value }),
          (reason) => settle(slot, { status: "rejected", reason }),
        );
      }
      bell.ring();
    });
  const takeReady = (): PromiseSettledResult<R> | null => {
    for (const slot of slots) {
      if (slot.outcome !== null) {
        slots.remove(slot);
        return slot.outcome;
      }
      if (ordered) return null;
    }
    return null;
  };

  try {
    while (!bell.ended) {
      if (!lane.busy && !lane.ended && slots.size < concurrency) pull();
      const outcome = takeReady();
      if (outcome === null) {
        if (lane.ended && slots.size === 0) return;
        await bell.wait();
      } else if (outcome.status === "rejected") {
        throw outcome.reason;
      } else {
        yield outcome.value;
      }
    }
  } finally {
    stopped = true;
    await lane.end();
    while ([...slots].some((slot) => slot.outcome === null)) await bell.wait();
    for (const { outcome } of slots) {
      if (outcome?.status === "rejected") reportLater(Promise.reject(outcome.reason), "amap()");
    }
  }
}
