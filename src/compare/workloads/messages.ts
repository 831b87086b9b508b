import type { Workload } from "./workload.ts";
import { increment } from "./increment.ts";

/** Thousands of tiny calls: the time of one is what it costs to cross. */
export function messages(tasks: number): Workload {
  return {
    name: "messages",
    kind: "cpu",
    run: increment,
    inputs: Array.from({ length: tasks }, (_, n) => n),
  };
}
