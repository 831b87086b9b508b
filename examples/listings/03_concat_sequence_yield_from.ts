/**
 * 03: the same as 02 by delegation, which the library has: `concatSequence` is `yield*` for each sequence.
 *
 * Python: examples/python/03_concat_sequence_yield_from.py
 * Run:    deno run examples/listings/03_concat_sequence_yield_from.ts
 * Watch:  the output is that of 02. `yield*` does more than the loops: what is sent or thrown reaches the
 *         inner generator, and closing closes it.
 */
import { concatSequence } from "@quartet/concurrency/coroutines";

for (const item of concatSequence([1, 2, 3], "ab")) console.log(String(item));
