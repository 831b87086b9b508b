import type { WorkloadSize } from "./workload_size.ts";
import { stretches } from "./cpu.ts";
import { waitAndCount } from "./wait_and_count.ts";
import type { Workload } from "./workload.ts";

/** About as much waiting as computing, as a service that asks another one and works on its answer. */
export function mixed({ tasks = 8, size = 100_000, delay = 20 }: WorkloadSize): Workload {
  const inputs = stretches(tasks, size).map((stretch) => ({ ...stretch, delay }));
  return { name: "mixed", python: "mixed", kind: "mixed", run: waitAndCount, inputs };
}
