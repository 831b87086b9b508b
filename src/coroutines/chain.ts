import { concatSequence, type ItemOf } from "./concat_sequence.ts";

/** The type of {@linkcode chain}: a function with one way to call it beside. */
export interface Chain {
  /** One sequence after the other. */
  <S extends readonly Iterable<unknown>[]>(
    ...sequences: S
  ): Generator<ItemOf<S[number]>, void, unknown>;

  /** The same for sequences that come from an iterable themselves, which may be endless. */
  fromIterable<T>(sequences: Iterable<Iterable<T>>): Generator<T, void, unknown>;
}

/**
 * Chains sequences: `chain(a, b, c)`, or `chain.fromIterable(sequences)` when they are many or made on the way.
 *
 * - Lazy both ways: the next sequence is asked for when the one before it has ended.
 * - Ending the chain early ends the sequence it stands in, and the iterable of sequences.
 *
 * Source: `itertools.chain`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain } from "@quartet/concurrency/coroutines";
 *
 * assertEquals([...chain("ab", [1])], ["a", "b", 1]);
 * assertEquals([...chain.fromIterable([[1, 2], [3]])], [1, 2, 3]);
 * ```
 */
export const chain: Chain = Object.assign(
  <S extends readonly Iterable<unknown>[]>(...sequences: S) => concatSequence(...sequences),
  {
    *fromIterable<T>(sequences: Iterable<Iterable<T>>): Generator<T, void, unknown> {
      for (const sequence of sequences) yield* sequence;
    },
  },
);
