import { Queue } from "./greenlet_queue.ts";

/**
 * A {@linkcode Queue} that holds nothing: `put()` waits until somebody takes the item.
 *
 * Source: `gevent.queue.Channel`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { queue, spawn } from "@quartet/concurrency/gevent";
 *
 * const channel = new queue.Channel<string>();
 * const giver = spawn(function* () {
 *   yield* channel.put("hand to hand");
 *   return "given";
 * });
 * assertEquals(await channel.get(), "hand to hand");
 * assertEquals(await giver.get(), "given");
 * ```
 */
export class Channel<T> extends Queue<T> {
  /** Nothing. */
  protected override capacity(): number {
    return 0;
  }
}
