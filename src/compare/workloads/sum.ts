/** The work of the `memory` workload. Lean, because every worker that does it loads this module. */
import { portable } from "../../wire/codec/portable.ts";

/** Numbers, or what has a view of them: a `SharedArray`. */
export type Numbers = Float64Array | { readonly view: Float64Array };

/** The sum of many numbers: little computing for much memory. */
export const sum: (given: Numbers) => number = portable(
  import.meta,
  function sum(given: Numbers): number {
    const numbers = "view" in given ? given.view : given;
    let total = 0;
    for (let i = 0; i < numbers.length; i++) total += numbers[i]!;
    return total;
  },
);
