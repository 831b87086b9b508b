import type { AnyFunction } from "./portable.ts";

/** How one call of a chunk ended: `[true, value]` or `[false, error]`. */
export type ChunkOutcome = readonly [ok: boolean, outcome: unknown];

/** Calls `fn` with each argument list, one after another; a failure does not keep the others from running. */
export function runChunk(
  fn: AnyFunction,
  lists: never[][],
): ChunkOutcome[] | Promise<ChunkOutcome[]> {
  const outcomes: ChunkOutcome[] = [];
  for (let i = 0; i < lists.length; i++) {
    try {
      const value = fn(...lists[i]!);
      if (value instanceof Promise) return runRest(fn, lists, i, value, outcomes);
      outcomes.push([true, value]);
    } catch (error) {
      outcomes.push([false, error]);
    }
  }
  return outcomes;
}

/** The same once a call turned out to be asynchronous. */
async function runRest(
  fn: AnyFunction,
  lists: never[][],
  from: number,
  first: Promise<unknown>,
  outcomes: ChunkOutcome[],
): Promise<ChunkOutcome[]> {
  for (let i = from; i < lists.length; i++) {
    try {
      outcomes.push([true, await (i === from ? first : fn(...lists[i]!))]);
    } catch (error) {
      outcomes.push([false, error]);
    }
  }
  return outcomes;
}
