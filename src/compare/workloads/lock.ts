import type { WorkloadSize } from "./workload_size.ts";
import { takeTurns, type Turns } from "./turns.ts";
import type { Workload } from "./workload.ts";

/** Contention: all tasks want the same lock, `size` times each, to count on at one counter. */
export function lock({ tasks = 4, size = 100, delay = 0 }: WorkloadSize): Workload {
  return {
    name: "lock",
    kind: "mixed",
    run: takeTurns,
    inputs: Array.from({ length: tasks }, () => size),
    handTo: { processes: (turns: Turns & { far: unknown }) => turns.far },
    async open() {
      const threading = await import("../../threading/mod.ts");
      const processes = await import("../../multiprocessing/mod.ts");
      const near = { lock: new threading.Lock(), counter: new threading.Value(0) };
      const far = { lock: new processes.Lock(), counter: new processes.Value(0) };
      const order = { turns: size, delay };
      return {
        // Only processes need the other pair; no thread is handed it.
        inputs: Array.from({ length: tasks }, () => {
          const turns = { ...order, ...near };
          return Object.defineProperty(turns, "far", { value: { ...order, ...far } });
        }),
        async check(count?: number) {
          const counted = near.counter.get() + await far.counter.get();
          near.counter.set(0);
          await far.counter.set(0);
          if (count !== undefined && counted !== count * size) {
            throw new Error(`The counter says ${counted} instead of ${count * size}`);
          }
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}
