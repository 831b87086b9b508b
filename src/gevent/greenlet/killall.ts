import { checkIterable } from "../../core/check.ts";
import type { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import { checkGreenlet, type Greenlet, type Throwable } from "./greenlet.ts";
import { GreenletExit } from "./greenlet_exit.ts";
import { joinall } from "./joinall.ts";
import { boundsOf, Wait, type WaitBound } from "./wait.ts";

/**
 * Kills `greenlet` and waits until it has ended; the same as `greenlet.kill()`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { kill, sleep, spawn } from "@quartet/concurrency/gevent";
 *
 * const sleeper = spawn(sleep, 1000);
 * await kill(sleeper);
 * assert(sleeper.dead);
 * ```
 */
export function kill(
  greenlet: Greenlet<unknown>,
  error?: Throwable,
  bound?: WaitBound,
): Wait<void> {
  checkGreenlet(greenlet);
  return greenlet.kill(error, bound);
}

/**
 * Kills all of `greenlets` and waits until they have ended.
 *
 * @param error what is thrown in them; default `GreenletExit`.
 * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { killall, sleep, spawn } from "@quartet/concurrency/gevent";
 *
 * const sleepers = [spawn(sleep, 1000), spawn(sleep, 1000)];
 * await killall(sleepers);
 * assert(sleepers.every((greenlet) => greenlet.dead));
 * ```
 */
export function killall(
  greenlets: Iterable<Greenlet<unknown>>,
  error: Throwable = GreenletExit,
  bound?: WaitBound,
): Future<unknown> {
  checkIterable(greenlets, "greenlets");
  const { block = true, ...bounds } = boundsOf(bound);
  const all = [...greenlets];
  for (const greenlet of all) greenlet.throw(error);
  return block ? joinall(all, bounds) : Wait.given(undefined);
}
