import { show } from "../core/check.ts";
import { CancelledError } from "../core/errors.ts";
import { Deferred, isWaitable, type Watch, watch } from "./deferred.ts";
import { isGenerator } from "./sendable.ts";
import { Stepper } from "./stepper.ts";

/**
 * Writes a chain of callbacks as straight code in a generator: Twisted's way.
 *
 * - Yield a `Deferred` (or a future, a promise) and the generator goes on with its result, or with its error
 *   thrown at the `yield`. `yield* deferred` does the same and keeps the type. Anything else that is
 *   yielded comes straight back.
 * - What the generator returns is the result of the `Deferred` that the call returns; what it throws, the failure.
 * - The generator is begun at once and runs to its first wait before the call returns.
 * - `cancel()` on what it returns cancels what the generator waits for, so a `CancelledError` is thrown there.
 *
 * Source: `twisted.internet.defer.inlineCallbacks`.
 *
 * @param genFn the generator function.
 * @returns a function with the same parameters that returns a {@linkcode Deferred}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Deferred, inlineCallbacks } from "@quartet/concurrency/coroutines";
 *
 * const price = (item: string) => Deferred.succeed(item.length);
 *
 * const total = inlineCallbacks(function* (...items: string[]) {
 *   let sum = 0;
 *   for (const item of items) sum += yield* price(item);
 *   return sum;
 * });
 *
 * assertEquals(await total("tea", "bread"), 8);
 * ```
 */
export function inlineCallbacks<This, A extends unknown[], R>(
  // deno-lint-ignore no-explicit-any -- what comes back from a yield differs from yield to yield
  genFn: (this: This, ...args: A) => Generator<unknown, R, any>,
): (this: This, ...args: A) => Deferred<R> {
  if (typeof genFn !== "function") {
    throw new TypeError(`Cannot inline ${show(genFn)}: genFn must be a generator function`);
  }
  return function (this: This, ...args: A): Deferred<R> {
    const generator = genFn.apply(this, args);
    if (!isGenerator(generator)) {
      throw new TypeError(
        `Cannot inline the callbacks of ${show(genFn)}: it gave ${show(generator)}, no generator`,
      );
    }
    let current: Watch | null = null;
    const answer = new Deferred<R>(() => {
      if (current !== null) current.cancel();
      else stepper.resume({ failed: true, value: new CancelledError("The call was cancelled") });
    });
    const stepper = new Stepper(generator, {
      wait: (yielded) => {
        if (!isWaitable(yielded)) return stepper.resume({ failed: false, value: yielded });
        const mine = watch(yielded, (outcome) => {
          if (current !== mine) return;
          current = null;
          stepper.resume(outcome);
        });
        current = mine;
        mine.begin();
      },
      end: ({ failed, value }) => {
        if (answer.called) return;
        if (failed) answer.errback(value);
        else answer.callback(value as R);
      },
    });
    stepper.resume({ failed: false, value: undefined });
    return answer;
  };
}
