import { checkFunction, checkIterable } from "../../core/check.ts";
import { compare } from "./compare.ts";
import type { Result } from "./comparison.ts";
import { defineWorkload } from "../workloads/workload.ts";

/** What {@link recommend} found. */
export interface Recommendation {
  /** The model to use; `"sync"`, the simplest, where it cannot be said, and `why` tells so. */
  readonly model: "sync" | "threads" | "processes" | "async";
  /** The reason, one sentence with the measured figures in it. */
  readonly why: string;
  /** The figures themselves, one record for each model. */
  readonly measured: readonly Result[];
}

/**
 * Says which model to use for a function, by trying all of them on it.
 *
 * - Takes a few runs of all inputs in each of the four models, so give it a small but typical share of
 *   the real ones, and a function that may be called again and again.
 * - The decision goes by what was measured, not by what the function looks like.
 *
 * @param run a portable function; it gets one input.
 * @param inputs one task for each.
 * @throws {RangeError} if there are no inputs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { recommend } from "@quartet/concurrency/compare";
 *
 * const { model, why } = await recommend(
 *   async function nap(ms: number) {
 *     await new Promise((resolve) => setTimeout(resolve, ms));
 *   },
 *   [20, 20, 20, 20],
 * );
 * assertEquals(model, "async", why);
 * ```
 */
export async function recommend<I, R>(
  run: (input: I) => R,
  inputs: Iterable<I>,
): Promise<Recommendation> {
  checkFunction(run, "run");
  checkIterable(inputs, "inputs");
  const workload = defineWorkload({ name: run.name || "work", run, inputs });
  const { results, verdicts } = await compare(workload, { quick: true });
  const { model, why } = verdicts[0]!;
  // Where it cannot be said, nothing has shown that anything else is better than the simplest.
  return { model: (model ?? "sync") as Recommendation["model"], why, measured: results };
}
