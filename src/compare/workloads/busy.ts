/** The work of sweeps. Lean, because every worker that does it loads this module. */
import { portable } from "../../wire/codec/portable.ts";

/** Computes for as long as so many steps take. */
export const busy: (steps: number) => number = portable(
  import.meta,
  function busy(steps: number): number {
    let x = 1;
    for (let i = 0; i < steps; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    return x;
  },
);
