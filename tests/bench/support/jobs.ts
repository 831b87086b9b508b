/** Jobs of the pool benchmarks. */
import { portable } from "../../../src/wire/codec/portable.ts";

export const jobs = portable(import.meta, {
  nothing(): void {},
  identity(value: unknown): unknown {
    return value;
  },
  /** Some tens of milliseconds of computing. */
  primes(limit: number): number {
    let found = 0;
    for (let n = 2; n < limit; n++) {
      let isPrime = true;
      for (let d = 2; d * d <= n; d++) {
        if (n % d === 0) {
          isPrime = false;
          break;
        }
      }
      if (isPrime) found++;
    }
    return found;
  },
});
