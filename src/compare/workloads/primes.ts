/** The work of the `cpu` workload. Lean, because every worker that does it loads this module. */
import { checkpoint } from "../../core/current.ts";
import { portable } from "../../wire/codec/portable.ts";

/** A stretch of the whole numbers, without its end. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Counts the primes of a stretch by trial division: nothing but computing. */
export const countPrimes: (stretch: Stretch) => number = portable(
  import.meta,
  function countPrimes({ from, to }: Stretch): number {
    let found = 0;
    for (let n = from | 1; n < to; n += 2) {
      if ((n & 127) === 1) checkpoint(); // where a Gil may switch; often enough for 5 ms slices
      if (isPrime(n)) found++;
    }
    return found;
  },
);

/**
 * For odd numbers. Kept to 32-bit integers in so many words: left to itself the compiler finds that out
 * in one thread and not in another, and a model would seem 15 % faster than it is.
 */
function isPrime(n: number): boolean {
  const last = Math.sqrt(n) | 0;
  for (let d = 3; d <= last; d += 2) {
    if (((n | 0) % (d | 0) | 0) === 0) return false;
  }
  return true;
}
