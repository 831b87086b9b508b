import { isThenable } from "../../core/check.ts";
import { currentWork } from "../../core/current.ts";
import { captureOnce, type EncodedValue, encodeFailure } from "../codec/codec.ts";
import type { AnyFunction } from "../codec/portable.ts";
import { EncodedResult } from "./result_batcher.ts";
import type { Reach } from "./transport.ts";

/** How one call of a chunk ended: `[true, value]` or `[false, error]`. */
export type ChunkOutcome = readonly [ok: boolean, outcome: unknown];

/** What is done with each outcome as soon as it is there. */
export interface ChunkCollector {
  succeeded(value: unknown): void;
  failed(error: unknown): void;
}

/**
 * Calls `fn` with each argument list, one after another; a failure does not keep the others from running, but
 * none begins once the work was asked to stop.
 *
 * @returns a promise if a call turned out to be asynchronous.
 */
export function runEach(
  fn: AnyFunction,
  lists: never[][],
  collector: ChunkCollector,
): void | Promise<void> {
  for (let i = 0; i < lists.length; i++) {
    if (i > 0) currentWork()?.checkpoint();
    try {
      const value = fn(...lists[i]!);
      if (isThenable(value)) return runRest(fn, lists, i, value, collector);
      collector.succeeded(value);
    } catch (error) {
      collector.failed(error);
    }
  }
}

/** The same, from a call on that is asynchronous. */
async function runRest(
  fn: AnyFunction,
  lists: never[][],
  from: number,
  first: unknown,
  collector: ChunkCollector,
): Promise<void> {
  for (let i = from; i < lists.length; i++) {
    if (i > from) currentWork()?.checkpoint();
    try {
      collector.succeeded(await (i === from ? first : fn(...lists[i]!)));
    } catch (error) {
      collector.failed(error);
    }
  }
}

/** Runs a chunk in line: the outcomes as they are. */
export function runChunk(
  fn: AnyFunction,
  lists: never[][],
): ChunkOutcome[] | Promise<ChunkOutcome[]> {
  const outcomes: ChunkOutcome[] = [];
  const rest = runEach(fn, lists, {
    succeeded: (value) => outcomes.push([true, value]),
    failed: (error) => outcomes.push([false, error]),
  });
  return rest === undefined ? outcomes : rest.then(() => outcomes);
}

/**
 * The outcomes of a chunk, ready to be sent: each is captured when it is there, so that the next call cannot change
 * it, and one that cannot cross is a failure of its own call only.
 */
export class EncodedChunk extends EncodedResult implements ChunkCollector {
  readonly #reach: Reach;
  readonly #outcomes: ChunkOutcome[] = [];
  readonly #moves: Transferable[] = [];
  #marked = false;

  constructor(reach: Reach) {
    super();
    this.#reach = reach;
  }

  succeeded(value: unknown): void {
    try {
      this.#add(true, captureOnce(value, this.#reach));
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    const { value } = encodeFailure(error, this.#reach);
    this.#add(false, { value: (value as { error: unknown }).error, marked: true });
  }

  /** All of them as one value, a list of {@link ChunkOutcome}s. */
  override get encoded(): EncodedValue {
    return { value: this.#outcomes, marked: this.#marked, moves: this.#moves };
  }

  #add(ok: boolean, { value, marked, moves }: EncodedValue): void {
    this.#outcomes.push([ok, value]);
    this.#marked ||= marked;
    if (moves !== undefined) this.#moves.push(...moves);
  }
}
