/**
 * Greenlets: the words of gevent, over the tasks of asyncio.
 *
 * | you want | take |
 * |---|---|
 * | to run a function beside others | {@linkcode spawn}, {@linkcode spawnLater} |
 * | its result, its end | `greenlet.get()`, `greenlet.join()`; of many {@linkcode joinall}, {@linkcode iwait} |
 * | to end it | `greenlet.kill()`, {@linkcode killall} |
 * | to give way, to wait for time | {@linkcode sleep}, {@linkcode idle} |
 * | a bound on the time | {@linkcode Timeout}, {@linkcode withTimeout} |
 * | so many at a time | `pool.Pool`, `lock.Semaphore` |
 * | to hand things over | `queue.Queue`, {@linkcode AsyncResult}, {@linkcode Event} |
 * | structured blocks, cancel scopes, streams | `@quartet/concurrency/asyncio`, which can be mixed in |
 *
 * Not like gevent:
 * - JavaScript cannot switch in the middle of a plain call. A greenlet's function is an async function and waits with
 *   `await`, or a generator function and waits with `yield*`; both can be mixed. A plain function runs at one go.
 * - There is nothing to patch. JavaScript's own input and output does not block, so `monkey.patch_all()` has no work
 *   to do, and does not exist: `fetch`, files and sockets give way by themselves.
 * - There is no hub to run: greenlets start on this thread's loop, or on that of `asyncio.run`.
 * - `LoopExit` (here `DeadlockError`) is thrown in the main program when the platform has run empty while it waits. Under
 *   top-level await Deno is faster: it ends with "Top-level await promise never resolved" and code 1.
 * - Times are milliseconds. `await` what waits: `await greenlet.join()`; a call alone does not.
 * - A block of `using` cannot swallow an error; see {@linkcode Timeout}.
 *
 * @example So many at a time, each bounded
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import * as gevent from "@quartet/concurrency/gevent";
 *
 * function* fetchSize(page: string) {
 *   yield* gevent.sleep(page.length);
 *   return page.length;
 * }
 *
 * const crawlers = new gevent.pool.Pool(2);
 * const sizes = await crawlers.map(
 *   (page: string) => gevent.withTimeout(50, fetchSize, page, { timeoutValue: -1 }),
 *   ["a", "bb", "c".repeat(1000)],
 * );
 * assertEquals(sizes, [1, 2, -1]);
 * ```
 *
 * @module
 */
// Greenlets outside of a loop run on the thread's default one, which this installs.
import "../asyncio/loop/loops.ts";

export { type Arrival, Arrivals, type IwaitOptions, type Waitable } from "./greenlet/arrivals.ts";
export { AsyncResult } from "./sync/async_result.ts";
export { Event, type EventStatistics } from "./sync/event.ts";
/** `gevent.event`: what greenlets tell each other by. */
export * as event from "./sync/events.ts";
export {
  Greenlet,
  type GreenletFunction,
  type Link,
  type LinkTarget,
  type Returned,
  type Throwable,
} from "./greenlet/greenlet.ts";
export { getcurrent } from "./greenlet/getcurrent.ts";
export { GreenletExit } from "./greenlet/greenlet_exit.ts";
export { iwait, wait } from "./greenlet/iwait.ts";
export { joinall, type JoinallOptions } from "./greenlet/joinall.ts";
export { kill, killall } from "./greenlet/killall.ts";
export { Local } from "./greenlet/local.ts";
/** `gevent.lock`: semaphores and locks. */
export * as lock from "./sync/lock.ts";
/** `gevent.pool`: groups, and so many at a time. */
export * as pool from "./pool/pool.ts";
/** `gevent.queue`: hand things over. */
export * as queue from "./sync/queue.ts";
export { idle, sleep } from "./greenlet/sleep.ts";
export { spawn, spawnLater } from "./greenlet/spawn.ts";
export { Timeout, withTimeout, type WithTimeoutOptions } from "./greenlet/timeout.ts";
export { Wait, type WaitBound, type WaitParts } from "./greenlet/wait.ts";
export type { Future } from "../asyncio/mod.ts";
export type { WaitOptions } from "../core/deadline.ts";
export {
  CancelledError,
  DeadlockError,
  DeadlockError as LoopExit,
  EmptyError,
  FullError,
  InvalidStateError,
  NotOwnerError,
  ShutDownError,
} from "../core/errors.ts";
