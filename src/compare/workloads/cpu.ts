import type { Workload } from "./workload.ts";
import { countPrimes, type Stretch } from "./primes.ts";

/** Each task looks at as many numbers of about the same size, so all take about as long: some 30 ms. */
const FIRST = 4_000_000;
const WIDTH = 150_000;

/** Computing: counts the primes in several stretches of the numbers. */
export function cpu(tasks: number): Workload {
  const inputs: Stretch[] = Array.from({ length: tasks }, (_, i) => ({
    from: FIRST + i * WIDTH,
    to: FIRST + (i + 1) * WIDTH,
  }));
  return { name: "cpu", kind: "cpu", run: countPrimes, inputs };
}
