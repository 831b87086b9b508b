/** 1. Counts the visitors of a fair that has several gates. */
import { type Barrier, portable, sleepSync, type Value } from "@quartet/concurrency/threading";

/** Lets `count` visitors in, one after the other; each gate is a thread. */
export const gate = portable(
  import.meta,
  function gate(opening: Barrier, visitors: Value, count: number): void {
    opening.waitSync(); // all gates open together
    for (let i = 0; i < count; i++) {
      const before = visitors.get();
      sleepSync(1); // tears off a ticket
      visitors.set(before + 1);
    }
  },
);
