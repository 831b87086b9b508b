import { checkFunction } from "../core/check.ts";
import { realClock } from "../core/clock.ts";
import { checkWaitOptions } from "../core/deadline.ts";
import { TimeoutError } from "../core/errors.ts";
import { onNextTurn } from "./settled.ts";

/** How {@linkcode until} waits. */
export interface UntilOptions {
  /** The longest wait in real milliseconds, virtual clock or not; default 30000. */
  readonly timeout?: number;
  /** Ends the wait: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What is waited for, for the message when it does not come; default: the text of the predicate. */
  readonly what?: string;
}

/** Polls without a pause this often, which is about a millisecond, and then once in a millisecond. */
const EAGER_TURNS = 300;

/**
 * Waits until `predicate` gives something truthy, and returns that.
 *
 * It takes the place of sleeping in tests: ask `statistics()` how many wait, rather than guess how long it takes.
 *
 * - The predicate is asked at once and then once in each turn of the event loop, so it should be cheap.
 * - The bound is in real time even under a `VirtualClock`: it is there so that a broken test fails rather than hangs.
 * - An error of the predicate comes out.
 *
 * @throws {TimeoutError} if it does not come true in time; the message says what was waited for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { until } from "@quartet/concurrency/testing";
 *
 * const arrived: string[] = [];
 * setTimeout(() => arrived.push("letter"), 1);
 * assertEquals(await until(() => arrived[0]), "letter");
 * ```
 */
export async function until<T>(
  predicate: () => T | PromiseLike<T>,
  options: UntilOptions = {},
): Promise<T> {
  checkFunction(predicate, "predicate");
  checkWaitOptions(options, "until()");
  const { timeout = 30_000, signal, what } = options;
  const end = realClock.now() + timeout;
  for (let turn = 0;; turn++) {
    signal?.throwIfAborted();
    const value = await predicate();
    if (value) return value;
    if (realClock.now() >= end) {
      throw new TimeoutError(`Not true within ${timeout} ms: ${what ?? String(predicate)}`);
    }
    await new Promise<void>((resolve) => {
      if (turn < EAGER_TURNS) onNextTurn(resolve);
      else realClock.setTimer(resolve, 1);
    });
  }
}
