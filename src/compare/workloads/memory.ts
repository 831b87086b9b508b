import { transfer } from "../../wire/codec/transfer.ts";
import type { WorkloadSize } from "./workload_size.ts";
import type { Workload } from "./workload.ts";
import { type Numbers, sum } from "./sum.ts";

/** All the numbers of one run: 32 MiB, whatever the number of tasks. */
const NUMBERS = 4 * 1024 * 1024;

/**
 * Much memory and little computing: sums a large array that is cut into one piece for each task.
 *
 * Plain rows hand the pieces over as copies. Threads can do better: they are moved
 * (`threads-transfer`), or never move at all (`threads-shared`).
 */
export function memory({ tasks = 8, size = NUMBERS }: WorkloadSize): Workload {
  const shared = new Map<Float64Array, Numbers>();
  return {
    name: "memory",
    kind: "mixed",
    run: sum,
    inputs: Array.from({ length: tasks }, (_, piece) => piece),
    variants: [
      {
        model: "threads",
        name: "threads-transfer",
        hand: (numbers: Float64Array) => transfer(numbers.slice()),
      },
      {
        model: "threads",
        name: "threads-shared",
        hand: (numbers: Float64Array) => shared.get(numbers),
      },
    ],
    async open() {
      const { SharedArray } = await import("../../threading/mod.ts");
      const inputs = cut(tasks, size);
      for (const numbers of inputs) {
        const array = new SharedArray(numbers.length, "f64");
        array.view.set(numbers);
        shared.set(numbers, array);
      }
      return { inputs, [Symbol.asyncDispose]: () => Promise.resolve(shared.clear()) };
    },
  };
}

/** Made when they are needed: until then they would be counted as the memory of other work. */
function cut(tasks: number, size: number): Float64Array[] {
  const length = Math.ceil(size / tasks);
  return Array.from({ length: tasks }, (_, piece) => {
    const numbers = new Float64Array(length);
    for (let i = 0; i < length; i++) numbers[i] = (piece * length + i) % 1000;
    return numbers;
  });
}
