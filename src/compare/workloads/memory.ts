import { transfer } from "../../wire/mod.ts";
import type { Workload } from "../workload.ts";
import { sum } from "./sum.ts";

/** All the numbers of one run: 32 MiB, whatever the number of tasks. */
const NUMBERS = 4 * 1024 * 1024;

/**
 * Much memory and little computing: sums a large array that is cut into one piece for each task.
 *
 * Plain rows hand the pieces over as copies. Threads can do better: they are moved
 * (`threads-transfer`).
 */
export function memory(tasks: number): Workload {
  const piece = Math.ceil(NUMBERS / tasks);
  const inputs = Array.from({ length: tasks }, (_, task) => {
    const numbers = new Float64Array(piece);
    for (let i = 0; i < piece; i++) numbers[i] = (task * piece + i) % 1000;
    return numbers;
  });
  return {
    name: "memory",
    kind: "mixed",
    run: sum,
    inputs,
    ways: [
      {
        model: "threads",
        name: "threads-transfer",
        hand: (numbers: Float64Array) => transfer(numbers.slice()),
      },
    ],
  };
}
