/** Jobs that are not short, and end when they are let. */
import type { Event as ProcessEvent } from "@quartet/concurrency/multiprocessing";
import { type Event, portable, type Value } from "@quartet/concurrency/threading";

export const nextJobs = portable(import.meta, {
  /** Takes 2 ms, and as long as the gate is shut; returns how many had begun before. */
  begin(begun: Value, gate: Event | null): number {
    const before = begun.add(1);
    compute(2);
    gate?.waitSync();
    return before;
  },
  /** The same in a process. */
  async passGate(gate: ProcessEvent | null): Promise<void> {
    compute(2);
    await gate?.wait();
  },
});

function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
