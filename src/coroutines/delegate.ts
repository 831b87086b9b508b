import { checkIterable } from "../core/check.ts";

/**
 * Delegates to any iterable exactly as Python's `yield from` does: `const result = yield* delegate(inner)`.
 *
 * Between generators JavaScript's own `yield*` is all of PEP 380: values, what is sent, errors thrown in
 * and the closing pass through, and its value is what the inner one returned. It differs in one case,
 * which this function is for: an error thrown into the outer generator while it delegates to an iterator
 * *without* `throw` (of an array, a set, a hand-made one). `yield*` then throws a `TypeError` about the missing
 * method; here, as in Python, the inner iterator is ended and the error itself appears at the `yield*`.
 *
 * Source: PEP 380.
 *
 * @param iterable what to hand out; its return value becomes the value of `yield* delegate(…)`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { delegate, sendable } from "@quartet/concurrency/coroutines";
 *
 * function* outer(): Generator<number | string, void, unknown> {
 *   try {
 *     yield* delegate([1, 2, 3]);
 *   } catch (error) {
 *     yield `caught ${(error as Error).message}`;
 *   }
 * }
 *
 * const it = sendable(outer());
 * assertEquals(it.next().value, 1);
 * assertEquals(it.throw(new RangeError("too many")).value, "caught too many");
 * ```
 */
export function* delegate<Y, R, N>(iterable: Iterable<Y, R, N>): Generator<Y, R, N> {
  checkIterable(iterable, "iterable");
  const inner = iterable[Symbol.iterator]();
  if (inner.throw !== undefined) return yield* { [Symbol.iterator]: () => inner };
  return yield* {
    [Symbol.iterator]: (): Iterator<Y, R, N> => ({
      next: (...sent: [] | [N]) => inner.next(...sent),
      return: (value?: R) => inner.return?.(value) ?? { done: true, value: value as R },
      throw: (error: unknown) => {
        inner.return?.();
        throw error;
      },
    }),
  };
}
