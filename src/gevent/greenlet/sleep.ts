import type { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import { sleep as asyncioSleep } from "../../asyncio/wait/sleep.ts";
import { checkDelay } from "../../core/check.ts";
import { setTimer } from "../../core/clock.ts";
import { anythingReady } from "../../core/readiness.ts";
import { Wait } from "./wait.ts";

/**
 * Gives way for `delay` milliseconds.
 *
 * `sleep(0)` lets every other greenlet that is ready have its turn once.
 *
 * Not like gevent: milliseconds, as everywhere in this package. `await` or `yield*` it; called without, it does nothing.
 *
 * @throws {TypeError} if the delay is no number.
 * @throws {RangeError} if it is `NaN`; below 0 it is as 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { joinall, sleep, spawn } from "@quartet/concurrency/gevent";
 *
 * const said: string[] = [];
 * function* speak(word: string) {
 *   for (let i = 0; i < 2; i++) {
 *     said.push(word);
 *     yield* sleep(0);
 *   }
 * }
 * await joinall([spawn(speak, "tick"), spawn(speak, "tock")]);
 * assertEquals(said, ["tick", "tock", "tick", "tock"]);
 * ```
 */
export function sleep(delay: number = 0): Future<void> {
  checkDelay(delay, "delay");
  if (!(delay > 0)) return asyncioSleep(delay); // which refuses what is no time
  return new Wait<void>({ timedOut: () => undefined }, delay);
}

/**
 * Gives way until no other greenlet has anything to do just then.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { idle, sleep, spawn } from "@quartet/concurrency/gevent";
 *
 * let steps = 0;
 * spawn(function* () {
 *   for (let i = 0; i < 100; i++, steps++) yield* sleep(0);
 * });
 * await idle();
 * assertEquals(steps, 100);
 * ```
 */
export function idle(): Wait<void> {
  const wait = new Wait<void>();
  const look = (): void => {
    if (wait.done()) return;
    if (anythingReady()) setTimer(look, 0);
    else wait.grant();
  };
  setTimer(look, 0);
  return wait;
}
