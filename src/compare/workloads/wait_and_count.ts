/** The work of the `mixed` workload. Lean, because every worker that does it loads this module. */
import { setTimer } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";
import { countPrimes, type Stretch } from "./primes.ts";

/** Waits, then counts the primes of a stretch. */
export const waitAndCount: (task: Stretch & { readonly delay: number }) => Promise<number> =
  portable(
    import.meta,
    async function waitAndCount({ delay, ...stretch }): Promise<number> {
      await new Promise<void>((resolve) => setTimer(resolve, delay));
      return countPrimes(stretch);
    },
  );
