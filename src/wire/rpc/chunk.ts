import { isThenable } from "../../core/check.ts";
import { currentWork } from "../../core/current.ts";
import type { ChunkCalls, ChunkOutcomes } from "../../core/mapping/chunk.ts";
import { captureOnce, type EncodedValue, encodeFailure } from "../codec/codec.ts";
import type { AnyFunction } from "../codec/portable.ts";
import { isAtom } from "../codec/value_kinds.ts";
import { EncodedResult } from "./result_batcher.ts";
import type { Reach } from "./transport.ts";

/** What is done with each outcome as soon as it is there. */
export interface ChunkCollector {
  succeeded(value: unknown): void;
  failed(error: unknown): void;
}

/**
 * Makes the calls one after another; a failure does not keep the others from running, but none begins once the work
 * was asked to stop.
 *
 * @returns a promise if a call turned out to be asynchronous.
 */
export function runEach(
  fn: AnyFunction,
  [lists, flat]: ChunkCalls,
  collector: ChunkCollector,
): void | Promise<void> {
  const work = currentWork();
  for (let i = 0; i < lists.length; i++) {
    if (i > 0) work?.checkpoint();
    try {
      const value = callOne(fn, lists[i], flat);
      if (isThenable(value)) return runRest(fn, [lists, flat], i, value, collector);
      collector.succeeded(value);
    } catch (error) {
      collector.failed(error);
    }
  }
}

/** The same, from a call on that is asynchronous. */
async function runRest(
  fn: AnyFunction,
  [lists, flat]: ChunkCalls,
  from: number,
  first: unknown,
  collector: ChunkCollector,
): Promise<void> {
  for (let i = from; i < lists.length; i++) {
    if (i > from) currentWork()?.checkpoint();
    try {
      collector.succeeded(await (i === from ? first : callOne(fn, lists[i], flat)));
    } catch (error) {
      collector.failed(error);
    }
  }
}

function callOne(fn: AnyFunction, given: unknown, flat: boolean): unknown {
  return flat ? fn(given as never) : fn(...given as never[]);
}

/** Runs a chunk in line: the outcomes as they are. */
export function runChunk(
  fn: AnyFunction,
  calls: ChunkCalls,
): ChunkOutcomes | Promise<ChunkOutcomes> {
  const values: unknown[] = [];
  const failed: number[] = [];
  const outcomes: ChunkOutcomes = { values, failed };
  const rest = runEach(fn, calls, {
    succeeded: (value) => values.push(value),
    failed: (error) => failed.push(values.push(error) - 1),
  });
  return rest === undefined ? outcomes : rest.then(() => outcomes);
}

/**
 * The outcomes of a chunk, ready to be sent: each is captured when it is there, so that the next call cannot change
 * it, and one that cannot cross is a failure of its own call only.
 */
export class EncodedChunk extends EncodedResult implements ChunkCollector {
  readonly #reach: Reach;
  readonly #values: unknown[] = [];
  readonly #failed: number[] = [];
  readonly #moves: Transferable[] = [];
  #marked = false;

  constructor(reach: Reach) {
    super();
    this.#reach = reach;
  }

  succeeded(value: unknown): void {
    if (isAtom(value)) {
      this.#values.push(value);
      return;
    }
    try {
      this.#add(captureOnce(value, this.#reach));
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    const { value } = encodeFailure(error, this.#reach);
    this.#failed.push(this.#values.length);
    this.#add({ value: (value as { error: unknown }).error, marked: true });
  }

  /** All of them as one value: {@link ChunkOutcomes}. */
  override get encoded(): EncodedValue {
    const value: ChunkOutcomes = { values: this.#values, failed: this.#failed };
    return { value, marked: this.#marked, moves: this.#moves };
  }

  #add({ value, marked, moves }: EncodedValue): void {
    this.#values.push(value);
    this.#marked ||= marked;
    for (const move of moves ?? []) this.#moves.push(move);
  }
}
