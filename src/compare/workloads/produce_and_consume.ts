/** The work of the `pipeline` workload. Lean, because every worker that does it loads this module. */
import { setTimer } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";

/** One end of a pipeline. */
export interface PipelineOrder {
  readonly role: "producer" | "consumer";
  /** How many it makes or takes. */
  readonly items: number;
  /** How long a producer takes for one, in milliseconds. */
  readonly delay: number;
  /** A queue of `queue` or `multiprocessing`. */
  readonly queue: { put(item: number): PromiseLike<void>; get(): PromiseLike<number> };
}

/** Makes items or takes them, and returns how many. */
export const produceOrConsume: (order: PipelineOrder) => Promise<number> = portable(
  import.meta,
  async function produceOrConsume(
    { role, items, delay, queue }: PipelineOrder,
  ): Promise<number> {
    for (let item = 0; item < items; item++) {
      if (role === "consumer") {
        await queue.get();
        continue;
      }
      if (delay > 0) await new Promise<void>((resolve) => setTimer(resolve, delay));
      await queue.put(item);
    }
    return items;
  },
);
