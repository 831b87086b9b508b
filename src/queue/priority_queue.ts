import { checkOptions, show } from "../core/check.ts";
import { subjectOf } from "../core/construct_for.ts";
import { type Handle, noteKind, travels } from "../shared/memory/handle.ts";
import { arrive } from "../shared/memory/refcount.ts";
import { queueHandle } from "./queue_handle.ts";
import { type AnyFunction, findTarget, type Target, targetOf } from "../wire/codec/portable.ts";
import type { Keeping } from "./base_queue.ts";
import { finalizePile, type Order, Pile } from "./pile.ts";
import { Queue } from "./queue.ts";

/** By what a `PriorityQueue` orders its items. */
export interface PriorityOptions<T> {
  /** Below 0 if `a` comes out before `b`. For a queue that is passed to threads it must be `portable()`. */
  readonly compare?: (a: T, b: T) => number;
}

type Compare = (a: unknown, b: unknown) => number;

/** What crosses to another thread. */
interface PriorityHandle {
  readonly at: number;
  readonly compare: Target | null;
}

const KIND = "queue.PriorityQueue";

/**
 * A queue between threads whose least item comes out first; all else as with {@link Queue}.
 *
 * - Items are numbers, or arrays that begin with a number: `[priority, item]`; or anything, with `compare`.
 * - Items of equal priority come out in the order in which they were put.
 *
 * Source: Python's `queue.PriorityQueue`. Not like Python: equal priorities keep their order, and the rest
 * of a pair is never compared.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PriorityQueue } from "@quartet/concurrency/queue";
 *
 * const queue = new PriorityQueue<[number, string]>();
 * queue.putSync([2, "later"]);
 * queue.putSync([1, "first"]);
 * assertEquals(queue.getSync(), [1, "first"]);
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  readonly #compare: Compare | Target | null;

  /**
   * An empty queue.
   *
   * @param maxsize how many items fit; 0 or less: any number.
   * @param options by what items are ordered.
   * @throws {TypeError | RangeError} if `maxsize` is no whole number or `compare` no function.
   */
  constructor(maxsize = 0, options: PriorityOptions<T> = {}) {
    checkOptions(options, "new PriorityQueue()", "compare: (a, b) => a - b");
    const { compare } = options;
    if (compare !== undefined && typeof compare !== "function") {
      throw new TypeError(`Cannot order items by ${show(compare)}: compare must be a function`);
    }
    const sent = subjectOf<PriorityHandle>(new.target)?.compare;
    const chosen = sent ?? (compare as Compare | undefined) ?? null;
    super(maxsize, keepingBy(chosen));
    this.#compare = chosen;
  }

  /** How it crosses to another thread. */
  override [travels](reach: "thread" | "process"): Handle {
    const compare = typeof this.#compare === "function"
      ? targetOf(this.#compare as AnyFunction)
      : this.#compare;
    const handle = queueHandle(this.address, KIND, import.meta.url, reach);
    return { ...handle, data: { at: handle.data, compare } };
  }
}

noteKind<PriorityHandle>(KIND, (handle) => arrive(handle, PriorityQueue));

function keepingBy(compare: Compare | Target | null): Keeping {
  return {
    build: (at) => Pile.build(at),
    open: (at) => new Pile(at, orderBy(compare)),
    finalize: finalizePile,
  };
}

function orderBy(compare: Compare | Target | null): Order {
  if (compare === null) return { key: priorityOf, compare: null, last: false };
  if (typeof compare === "function") return { key: () => 0, compare, last: false };
  let found: Compare | undefined;
  const find = (): Compare => {
    found ??= findTarget(compare) as Compare | undefined;
    if (found !== undefined) return found;
    throw new TypeError(
      `Cannot order items by ${compare.name} on this thread: import the module that makes it portable here`,
    );
  };
  return { key: () => (find(), 0), compare: (a, b) => find()(a, b), last: false };
}

function priorityOf(item: unknown): number {
  const priority = Array.isArray(item) ? item[0] : item;
  if (typeof priority === "number" && !Number.isNaN(priority)) return priority;
  throw new TypeError(
    `Cannot order ${
      show(item)
    } by priority: put numbers or [number, item], or give the queue a compare`,
  );
}
