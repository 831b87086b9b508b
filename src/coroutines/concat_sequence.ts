/**
 * One sequence after the other, handed on by delegation.
 *
 * - Lazy: a sequence is begun when the one before it has ended.
 * - Where the sequences are generators, what is sent or thrown reaches the one that is handing out just
 *   then, and closing closes it.
 *
 * Source: the first example of PEP 380's `yield from` in many courses.
 *
 * @param sequences two, or any other number of iterables.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { concatSequence } from "@quartet/concurrency/coroutines";
 *
 * assertEquals([...concatSequence([1, 2, 3], "ab")], [1, 2, 3, "a", "b"]);
 * ```
 */
export function* concatSequence<S extends readonly Iterable<unknown>[]>(
  ...sequences: S
): Generator<ItemOf<S[number]>, void, unknown> {
  for (const sequence of sequences) yield* sequence as Iterable<ItemOf<S[number]>>;
}

/** The type of an iterable's items. */
export type ItemOf<I> = I extends Iterable<infer T> ? T : never;
