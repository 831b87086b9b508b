/**
 * 02: one sequence after the other, with two loops.
 *
 * Python: examples/python/02_concat_sequence_for.py
 * Run:    deno run examples/listings/02_concat_sequence_for.ts
 * Watch:  an item is made when it is asked for; any iterable will do, an array and a string alike.
 */
function* concatSequence<A, B>(s1: Iterable<A>, s2: Iterable<B>): Generator<A | B> {
  for (const item of s1) yield item;
  for (const item of s2) yield item;
}

for (const item of concatSequence([1, 2, 3], "ab")) console.log(String(item));
