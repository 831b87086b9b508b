import { show } from "../core/check.ts";
import { type Sendable, sendable } from "./sendable.ts";

/**
 * Makes a generator function into one whose generators are ready to receive: they are run to their
 * first `yield` at once, so that the caller sends values without calling `next()` first.
 *
 * - What the first `yield` hands out is dropped, as in Python.
 * - A generator that ends before its first `yield` gives a closed one.
 * - `this` is passed through, so methods can be wrapped too.
 *
 * Source: the decorator of PEP 342 (`consumer`), the `coroutine` of many Python courses.
 *
 * @param generatorFn the generator function.
 * @returns a function with the same parameters that returns a primed {@linkcode Sendable}.
 * @throws {TypeError} if it is no function; or, when called, if it gives no generator.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { coroutine } from "@quartet/concurrency/coroutines";
 *
 * const found: number[] = [];
 * const isDivider = coroutine(function* (number: number): Generator<void, void, number> {
 *   while (true) {
 *     const value = yield;
 *     if (number % value === 0) found.push(value);
 *   }
 * });
 *
 * const dividers = isDivider(100);
 * dividers.send(11);
 * dividers.send(18);
 * dividers.send(20);
 * assertEquals(found, [20]);
 * ```
 */
export function coroutine<This, A extends unknown[], Y, R, N>(
  generatorFn: (this: This, ...args: A) => Generator<Y, R, N>,
): (this: This, ...args: A) => Sendable<Y, R, N> {
  if (typeof generatorFn !== "function") {
    throw new TypeError(
      `Cannot make a coroutine of ${show(generatorFn)}: generatorFn must be a generator function`,
    );
  }
  const prime = function (this: This, ...args: A): Sendable<Y, R, N> {
    const primed = sendable(generatorFn.apply(this, args));
    primed.next();
    return primed;
  };
  return Object.defineProperty(prime, "name", { value: generatorFn.name });
}
