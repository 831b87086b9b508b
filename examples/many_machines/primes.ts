/** The job: counts the primes of a range. Workers get it by its address, so all it needs stands in this module. */
import { portable } from "@quartet/concurrency/distributed";

export const countPrimes = portable(
  import.meta,
  function countPrimes(from: number, to: number): number {
    let found = 0;
    next: for (let n = Math.max(2, from); n < to; n++) {
      for (let d = 2; d * d <= n; d++) if (n % d === 0) continue next;
      found++;
    }
    return found;
  },
);
