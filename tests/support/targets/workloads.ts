/** Workloads as a user's module defines them, for the command. */
import { defineWorkload, type Workload } from "../../../src/compare/mod.ts";

export function square(n: number): number {
  return n * n;
}

export const squares: Workload = defineWorkload({
  name: "squares",
  run: square,
  inputs: [1, 2, 3],
});

export default [
  defineWorkload({
    name: "sums",
    run: (a: number, b: number) => a + b,
    inputs: [[1, 2], [3, 4]] as [number, number][],
    spread: true,
  }),
  squares,
];
