import { type Handle, noteKind, travels } from "../shared/memory/handle.ts";
import { arrive } from "../shared/memory/refcount.ts";
import { queueHandle } from "./queue_handle.ts";
import type { Keeping } from "./base_queue.ts";
import { finalizePile, Pile } from "./pile.ts";
import { Queue } from "./queue.ts";

const STACK: Keeping = {
  build: (at) => Pile.build(at),
  open: (at) => new Pile(at, { key: () => 0, compare: null, last: true }),
  finalize: finalizePile,
};
const KIND = "queue.LifoQueue";

/**
 * A queue between threads whose last item comes out first; all else as with {@link Queue}.
 *
 * Source: Python's `queue.LifoQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { LifoQueue } from "@quartet/concurrency/queue";
 *
 * const stack = new LifoQueue<string>();
 * stack.putSync("first");
 * stack.putSync("last");
 * assertEquals(stack.getSync(), "last");
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  /**
   * An empty queue.
   *
   * @param maxsize how many items fit; 0 or less: any number.
   * @throws {TypeError | RangeError} if `maxsize` is no whole number.
   */
  constructor(maxsize = 0) {
    super(maxsize, STACK);
  }

  /** How it crosses to another thread. */
  override [travels](reach: "thread" | "process"): Handle {
    return queueHandle(this.address, KIND, import.meta.url, reach);
  }
}

noteKind<number>(KIND, (at) => arrive({ at }, LifoQueue));
