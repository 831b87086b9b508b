/** The work of the `messages` workload. Lean, because every worker that does it loads this module. */
import { portable } from "../../wire/codec/portable.ts";

/** As good as no work: what is left is the cost of crossing. */
export const increment: (n: number) => number = portable(
  import.meta,
  function increment(n: number): number {
    return n + 1;
  },
);

/** The same for larger messages: hands the text back. */
export const repeatBack: (text: string) => string = portable(
  import.meta,
  function repeatBack(text: string): string {
    return text;
  },
);
