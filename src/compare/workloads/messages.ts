import { increment, repeatBack } from "./increment.ts";
import type { WorkloadSize } from "./workload_size.ts";
import type { Workload } from "./workload.ts";

/** Thousands of tiny calls: the time of one is what it costs to cross, with a number or with `size` characters. */
export function messages({ tasks = 4000, size }: WorkloadSize): Workload {
  const inputs = Array.from({ length: tasks }, (_, n) => n);
  if (size === undefined) return { name: "messages", kind: "cpu", run: increment, inputs };
  const text = "x".repeat(size);
  return { name: "messages", kind: "cpu", run: repeatBack, inputs: inputs.map(() => text) };
}
