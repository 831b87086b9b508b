import { type Handle, noteKind, travels } from "../shared/memory/handle.ts";
import { arrive } from "../shared/memory/refcount.ts";
import { queueHandle } from "./queue_handle.ts";
import { BaseQueue, type Keeping } from "./base_queue.ts";
import { finalizeRing, Ring } from "./ring.ts";

const RING: Keeping = {
  build: (at) => Ring.build(at),
  open: (at) => new Ring(at),
  finalize: finalizeRing,
};
const KIND = "queue.SimpleQueue";

/**
 * An unbounded queue between threads that can only put and get: first in, first out.
 *
 * Putting never waits. Items, travel and waiting as with `Queue`; there is no `taskDone()`, no `join()` and
 * no `shutdown()`.
 *
 * Source: Python's `queue.SimpleQueue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SimpleQueue } from "@quartet/concurrency/queue";
 *
 * const queue = new SimpleQueue<string | null>();
 * queue.putSync(null);
 * assertEquals(await queue.get(), null);
 * ```
 */
export class SimpleQueue<T> extends BaseQueue<T> {
  /** An empty queue. */
  constructor() {
    super(0, RING);
  }

  /** How it crosses to another thread. */
  [travels](reach: "thread" | "process"): Handle {
    return queueHandle(this.address, KIND, import.meta.url, reach);
  }
}

noteKind<number>(KIND, (at) => arrive({ at }, SimpleQueue));
