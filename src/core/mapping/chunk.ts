import { TransferError } from "../errors.ts";

/** The calls of a chunk as it crosses: the argument lists, or, `flat`, the one argument of each call. */
export type ChunkCalls = [lists: readonly unknown[], flat: boolean];

/** How the calls of a chunk ended, in their order. */
export interface ChunkOutcomes {
  /** What each returned, or threw. */
  readonly values: readonly unknown[];
  /** The places, ascending, of those that threw. */
  readonly failed: readonly number[];
}

const NONE: ChunkOutcomes = { values: [], failed: [] };

/** The outcomes of a chunk while they are read one after another. */
export class OutcomeReader {
  #outcomes: ChunkOutcomes = NONE;
  #at = 0;
  #failures = 0;
  /** The place of the next failure; -1: there is none. */
  #failure = -1;

  /** How many are left. */
  get size(): number {
    return this.#outcomes.values.length - this.#at;
  }

  /** Whether the next one is what a call threw. */
  get isFailed(): boolean {
    return this.#failure === this.#at;
  }

  /** The next one. */
  next(): unknown {
    if (this.#failure === this.#at) this.#failure = this.#outcomes.failed[++this.#failures] ?? -1;
    return this.#outcomes.values[this.#at++];
  }

  /** Reads these from here on. */
  open(outcomes: ChunkOutcomes): void {
    this.#outcomes = outcomes;
    this.#at = 0;
    this.#failures = 0;
    this.#failure = outcomes.failed[0] ?? -1;
  }

  /** Takes back a value, which comes next again. */
  putBack(value: unknown): void {
    const { values, failed } = this.#outcomes;
    this.open({
      values: [value, ...values.slice(this.#at)],
      failed: failed.slice(this.#failures).map((place) => place - this.#at + 1),
    });
  }

  clear(): void {
    this.open(NONE);
  }
}

/** The calls with these argument lists; with one argument each they cross as one list and not as many. */
export function chunkOf(lists: readonly unknown[][]): ChunkCalls {
  const flat = lists.every((list) => list.length === 1);
  return flat ? [lists.map((list) => list[0]), true] : [lists, false];
}

/** The outcomes of several chunks as of one. */
export function joinOutcomes(parts: readonly ChunkOutcomes[]): ChunkOutcomes {
  const values: unknown[] = [];
  const failed: number[] = [];
  for (const part of parts) {
    for (const place of part.failed) failed.push(values.length + place);
    for (const value of part.values) values.push(value);
  }
  return { values, failed };
}

/** A chunk of so many calls that all failed of the same. */
export function allFailed(size: number, error: unknown): ChunkOutcomes {
  return {
    values: new Array(size).fill(error),
    failed: Array.from({ length: size }, (_, place) => place),
  };
}

/**
 * What came as the outcomes of so many calls.
 *
 * @throws {TransferError} if it is none: a process can send anything.
 */
export function checkOutcomes(value: unknown, size: number): ChunkOutcomes {
  const { values, failed } = (value ?? {}) as Partial<ChunkOutcomes>;
  if (Array.isArray(values) && values.length === size && Array.isArray(failed)) {
    return value as ChunkOutcomes;
  }
  throw new TransferError(`Cannot read the results of ${size} calls: other than those came`);
}
