import { chunkOf } from "../../core/mapping/chunk.ts";
import { END, InputReader, LateRow } from "../../core/mapping/input_reader.ts";
import { ParallelMap } from "../../core/mapping/parallel_map.ts";
import type { AnyFunction } from "../../wire/codec/portable.ts";
import type { WorkerPool } from "../../wire/pool/worker_pool.ts";
import type { Inputs } from "./pool_options.ts";

/** A call over many inputs of which some were not sent yet. */
interface OpenCall {
  /** Sends what is left without waiting for readers. */
  sendAll: (() => void) | null;
  /** Ends it, whatever its inputs do. */
  abandon(reason: Error): void;
}

/** What is called with each input. */
export interface MappedFunction {
  readonly fn: AnyFunction;
  /** The arguments out of an input; `null`: it is the only one. */
  readonly argsOf: ((input: unknown) => unknown[]) | null;
}

/** The calls of a pool over many inputs; it knows which of them have inputs that were not sent. */
export class PoolMapper {
  readonly #pool: WorkerPool;
  readonly #processes: number;
  readonly #open = new Set<OpenCall>();
  #onAllSent: (() => void) | null = null;

  constructor(pool: WorkerPool, processes: number) {
    this.#pool = pool;
    this.#processes = processes;
  }

  /** Calls with each input, also after one failed; throws the first failure. */
  async all<R>(
    mapped: MappedFunction,
    inputs: Inputs<unknown>,
    size: number | undefined,
  ): Promise<R[]> {
    // Inputs that are there already are sent in this turn: as they are now, and before a close() that follows.
    const all = Symbol.iterator in inputs ? [...inputs] : null;
    const results: R[] = [];
    const failures: unknown[] = [];
    const map =
      await (all === null
        ? this.#gatherAndSend<R>(mapped, inputs as AsyncIterable<unknown>, size)
        : this.#sendAll<R>(mapped, all, size));
    while (true) {
      try {
        const { value, done } = await map.results.next();
        if (done) break;
        results.push(value);
        for (let more = map.results.tryRead(); more !== null; more = map.results.tryRead()) {
          results.push(more.value as R);
        }
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return results;
  }

  /** Calls with the inputs as their results are read, a few ahead. */
  stream<R>(
    mapped: MappedFunction,
    inputs: Inputs<unknown>,
    size: number,
    ordered: boolean,
  ): ParallelMap<R> {
    return this.#send<R>(mapped, inputs, { size, ordered, lookAhead: this.#processes * 2 });
  }

  /** Sends what is left of each call, and then calls `onAllSent`; at once, if all was sent. */
  finish(onAllSent: () => void): void {
    if (this.#open.size === 0) return onAllSent();
    this.#onAllSent = onAllSent;
    for (const call of this.#open) call.sendAll?.();
  }

  /** Ends the calls whose inputs were not all sent: what they wait for may never come. */
  abandon(reason: Error): void {
    for (const call of [...this.#open]) call.abandon(reason);
  }

  /** A source that gives its inputs one by one is read to its end before the first is sent. */
  async #gatherAndSend<R>(
    mapped: MappedFunction,
    inputs: AsyncIterable<unknown>,
    size: number | undefined,
  ): Promise<{ results: ParallelMap<R> }> {
    const reader = new InputReader([inputs]);
    const abandoned = Promise.withResolvers<never>();
    const call: OpenCall = { sendAll: null, abandon: abandoned.reject };
    this.#open.add(call);
    try {
      // One race for all rows: each would leave its mark on the promise that loses.
      const all = await Promise.race([readAll(reader), abandoned.promise]);
      return this.#sendAll<R>(mapped, all, size);
    } catch (error) {
      await reader.close(); // an input that is busy with its next item is not waited for
      throw error;
    } finally {
      this.#sent(call);
    }
  }

  /** Boxed: the caller awaits it. */
  #sendAll<R>(
    mapped: MappedFunction,
    inputs: unknown[],
    size: number | undefined,
  ): { results: ParallelMap<R> } {
    const share = Math.max(1, Math.ceil(inputs.length / (this.#processes * 4)));
    const sending = { size: size ?? share, ordered: true, lookAhead: Infinity };
    return { results: this.#send<R>(mapped, inputs, sending) };
  }

  /** Sends calls in chunks; a lost process fails each call of its chunk. */
  #send<R>(
    { fn, argsOf }: MappedFunction,
    inputs: Inputs<unknown>,
    sending: { size: number; ordered: boolean; lookAhead: number },
  ): ParallelMap<R> {
    const { size: chunkSize, ordered, lookAhead } = sending;
    const abandoned = new AbortController();
    const call: OpenCall = { sendAll: null, abandon: (reason) => abandoned.abort(reason) };
    this.#open.add(call);
    const map = new ParallelMap<R>({
      inputs: new InputReader([inputs], true),
      runner: {
        submitRow: (row) =>
          this.#pool.submit({}, fn, argsOf === null ? row : argsOf(row[0])).future,
        submitChunk: (given) => {
          const calls = argsOf === null ? given : chunkOf(given[0].map((input) => argsOf(input)));
          return this.#pool.submit({}, fn, calls, { isChunk: true }).future;
        },
      },
      chunkSize,
      ordered,
      lookAhead,
      looksFarther: true,
      parallelism: this.#processes,
      goesOn: true,
      signal: abandoned.signal,
      onExhausted: () => this.#sent(call),
    });
    call.sendAll = () => map.takeAll();
    return map;
  }

  /** All inputs of a call were sent. */
  #sent(call: OpenCall): void {
    this.#open.delete(call);
    if (this.#open.size > 0) return;
    this.#onAllSent?.();
    this.#onAllSent = null;
  }
}

/** All that is left in a reader. */
async function readAll(reader: InputReader): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    let row = reader.take();
    if (row instanceof LateRow) row = await row.promise;
    if (row === END) return all;
    all.push(row);
  }
}
