import type { WorkloadSize } from "./workload_size.ts";
import { type PipelineOrder, produceOrConsume } from "./produce_and_consume.ts";
import type { Workload } from "./workload.ts";

/**
 * Producers and consumers at the two ends of one queue: half of the tasks make `size` items each, the others take them.
 *
 * Producers come first and the queue has no bound, so it works in line as well.
 */
export function pipeline({ tasks = 4, size = 500, delay = 0 }: WorkloadSize): Workload {
  if (tasks < 2) {
    throw new RangeError("Cannot measure pipeline with 1 task: it has two ends, give 2");
  }
  const orders = ordersOf(tasks, size, delay);
  return {
    name: "pipeline",
    kind: "mixed",
    run: produceOrConsume,
    together: true,
    inputs: orders,
    handTo: { processes: (order: PipelineOrder & { far: unknown }) => order.far },
    async open() {
      const { Queue } = await import("../../queue/mod.ts");
      const processes = await import("../../multiprocessing/mod.ts");
      const near = new Queue<number>();
      const far = new processes.Queue<number>();
      return {
        // Only processes need the other queue; no thread is handed it.
        inputs: orders.map((order) =>
          Object.defineProperty({ ...order, queue: near }, "far", {
            value: { ...order, queue: far },
          })
        ),
        async check() {
          const left = near.qsize() + await far.qsize();
          if (left > 0) throw new Error(`There are ${left} items left in the queue`);
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

/** The orders without their queue: all that is made is taken, and each consumer takes about as much. */
function ordersOf(tasks: number, size: number, delay: number): Omit<PipelineOrder, "queue">[] {
  const producers = Math.ceil(tasks / 2);
  const consumers = tasks - producers;
  return Array.from({ length: tasks }, (_, i) => {
    if (i < producers) return { role: "producer", items: size, delay };
    const at = i - producers;
    const upTo = (n: number): number => Math.floor(producers * size * n / consumers);
    return { role: "consumer", items: upTo(at + 1) - upTo(at), delay: 0 };
  });
}
