import type { WorkloadSize } from "./workload_size.ts";
import { countPrimes, type Stretch } from "./primes.ts";
import type { Workload } from "./workload.ts";

/** Each task looks at as many numbers of about the same size, so all take about as long: some 30 ms. */
const FIRST = 4_000_000;
const WIDTH = 150_000;

/** Computing: counts the primes in several stretches of `size` numbers each. */
export function cpu(
  { tasks = Math.max(8, 2 * navigator.hardwareConcurrency), size = WIDTH }: WorkloadSize,
): Workload {
  return {
    name: "cpu",
    python: "cpu",
    kind: "cpu",
    run: countPrimes,
    inputs: stretches(tasks, size),
  };
}

/** One stretch for each task. */
export function stretches(tasks: number, width: number): Stretch[] {
  return Array.from({ length: tasks }, (_, i) => ({
    from: FIRST + i * width,
    to: FIRST + (i + 1) * width,
  }));
}
