import { TransferError } from "../errors.ts";
import type { Future } from "../future.ts";
import {
  allFailed,
  checkOutcomes,
  type ChunkCalls,
  type ChunkOutcomes,
  joinOutcomes,
} from "./chunk.ts";
import type { InputReader } from "./input_reader.ts";

/** How the jobs of a map are begun. */
export interface MapRunner {
  /** Begins one call; its future has the result. */
  submitRow(row: unknown[]): Future<unknown>;
  /** Begins several calls as one job, which has their list from then on; its future has {@link ChunkOutcomes}. */
  submitChunk(calls: ChunkCalls): Future<unknown>;
  /** Ends when another job may be begun; `null` when one may now. */
  room?(): Promise<void> | null;
}

/** What a `ParallelMap` does. */
export interface MapPlan {
  readonly inputs: InputReader;
  readonly runner: MapRunner;
  /** How many rows make a full job. */
  readonly chunkSize: number;
  /** Whether results come in the order of the inputs. */
  readonly ordered: boolean;
  /** How many jobs there may be that were not read. */
  readonly lookAhead: number;
  /** Whether there may be more of them while they are short. */
  readonly looksFarther?: boolean;
  /** How many jobs run at once: while fewer do, an unfinished chunk does not wait for inputs that are late. */
  readonly parallelism: number;
  /** Whether a failed call is one result among others; otherwise it ends the iteration. */
  readonly goesOn: boolean;
  /** The longest time from now to a result that is waited for, in milliseconds. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once when no more inputs will be taken; maybe before the map has been made. */
  readonly onExhausted?: () => void;
}

/**
 * One job of a map: a call, or a chunk of calls.
 *
 * A chunk whose arguments cannot cross was never begun; its calls are then sent one by one, so that only those fail
 * that hold what cannot cross.
 */
export class MapJob {
  /** Whether its outcomes are there. */
  done = false;
  readonly #runner: MapRunner;
  readonly #onEnd: (job: MapJob) => void;
  readonly #future: Future<unknown>;
  readonly #size: number;
  /** What a chunk was made of, kept until it has ended. */
  #calls: ChunkCalls | null;
  #parts: Future<unknown>[] = [];

  /** Begins it; throws what the runner throws. */
  constructor(
    runner: MapRunner,
    calls: ChunkCalls,
    isChunk: boolean,
    onEnd: (job: MapJob) => void,
  ) {
    this.#runner = runner;
    this.#onEnd = onEnd;
    const [rows, isFlat] = calls;
    this.#size = rows.length;
    this.#calls = rows.length > 1 ? calls : null;
    this.#future = isChunk
      ? runner.submitChunk(calls)
      : runner.submitRow(isFlat ? [rows[0]] : rows[0] as unknown[]);
  }

  /** Has its end told; now, if it has ended. */
  watch(): void {
    this.#future.addDoneCallback(() => this.#ended());
  }

  /** The result of a single call; throws its failure. */
  result(): unknown {
    return this.#future.result();
  }

  /** The outcomes of a chunk; where all of it failed, each call has. */
  outcomes(): ChunkOutcomes {
    if (this.#parts.length === 0) return outcomesOf(this.#future, this.#size);
    return joinOutcomes(this.#parts.map((part) => outcomesOf(part, 1)));
  }

  /** Takes it back if it has not begun; nobody will ask for its outcome. */
  abandon(): void {
    for (const future of [this.#future, ...this.#parts]) {
      future.cancel("the iteration over the results ended");
      future.addDoneCallback(lookAway);
    }
  }

  #ended(): void {
    const calls = this.#calls;
    this.#calls = null;
    if (calls !== null && isUnsendable(this.#future)) this.#sendParts(calls);
    else this.#end();
  }

  #sendParts([rows, isFlat]: ChunkCalls): void {
    let left = rows.length;
    try {
      for (const row of rows) this.#parts.push(this.#runner.submitChunk([[row], isFlat]));
    } catch {
      for (const part of this.#parts.splice(0)) part.cancel();
      return this.#end(); // it fails of what the chunk failed of
    }
    for (const part of this.#parts) {
      part.addDoneCallback(() => {
        if (--left === 0) this.#end();
      });
    }
  }

  #end(): void {
    this.done = true;
    this.#onEnd(this);
  }
}

function outcomesOf(future: Future<unknown>, size: number): ChunkOutcomes {
  try {
    return checkOutcomes(future.result(), size);
  } catch (error) {
    return allFailed(size, error);
  }
}

/** Whether a job was never sent because its arguments cannot cross: then nothing was run. */
function isUnsendable(future: Future<unknown>): boolean {
  const { wasSent } = future as { wasSent?: boolean };
  return wasSent === false && !future.cancelled() && future.exception() instanceof TransferError;
}

function lookAway(future: Future<unknown>): void {
  if (!future.cancelled()) future.exception();
}
