import {
  Deadline,
  Deque,
  type Future,
  offAbort,
  onAbort,
  setTimer,
  TimeoutError,
} from "../core/mod.ts";
import type { ChunkOutcome } from "../wire/mod.ts";
import type { Inputs, MapOptions } from "./executor.ts";
import { chunks, isInputs, rows } from "./inputs.ts";

/** What `map` needs of its executor. */
export interface Mapper {
  /** How many jobs it can run at once. */
  readonly width: number;
  submitRow(row: unknown[]): Future<unknown>;
  submitChunk(rows: unknown[][]): Future<ChunkOutcome[]>;
}

/** The inputs and the options out of `map`'s arguments. */
export function splitMapArguments(
  given: readonly unknown[],
): { inputs: Inputs<unknown>[]; options: MapOptions } {
  const last = given.at(-1);
  const hasOptions = given.length > 1 && (last === undefined || !isInputs(last));
  const inputs = hasOptions ? given.slice(0, -1) : [...given];
  const options = (hasOptions ? last ?? {} : {}) as MapOptions;
  for (const each of inputs) {
    if (!isInputs(each)) {
      throw new TypeError(`Cannot map over ${String(each)}: give an iterable or async iterable`);
    }
  }
  const { chunkSize = 1, lookAhead = 1 } = options;
  for (const [name, value] of Object.entries({ chunkSize, lookAhead })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot use ${name} ${value}: give a whole number of 1 or more`);
    }
  }
  return { inputs: inputs as Inputs<unknown>[], options };
}

/**
 * The results of a function over inputs: the one `map` of all executors.
 *
 *     inputs ─▶ at most `lookAhead` jobs on their way ─▶ results, in order or as they are done
 */
export async function* mapping(
  mapper: Mapper,
  inputs: Inputs<unknown>[],
  options: MapOptions,
): AsyncGenerator<unknown, void> {
  const { chunkSize = 1, ordered = true, signal } = options;
  const lookAhead = options.lookAhead ?? Math.max(16, 4 * mapper.width);
  const bound = new Bound(Deadline.after(options.timeout), options.timeout, signal);
  const source = chunkSize === 1 ? rows(inputs) : chunks(rows(inputs), chunkSize);
  const flight = new Flight(ordered);
  let exhausted = false;
  try {
    while (true) {
      while (!exhausted && flight.size < lookAhead) {
        const step = await bound.race(source.next());
        if (step.done) exhausted = true;
        else {
          flight.add(
            chunkSize === 1
              ? mapper.submitRow(step.value as unknown[])
              : mapper.submitChunk(step.value as unknown[][]),
          );
        }
        if (flight.hasReady) break; // results that are there do not wait for inputs
      }
      if (flight.size === 0) return;
      const result = await bound.race(flight.next());
      if (chunkSize === 1) yield result;
      else {
        for (const [ok, outcome] of result as ChunkOutcome[]) {
          if (!ok) throw outcome;
          yield outcome;
        }
      }
    }
  } finally {
    bound.end();
    flight.cancel();
    await source.return();
  }
}

/** The jobs on their way. */
class Flight {
  readonly #ordered: boolean;
  readonly #jobs = new Set<Future<unknown>>();
  readonly #queue = new Deque<Future<unknown>>();
  #wake: (() => void) | null = null;

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  get size(): number {
    return this.#jobs.size;
  }

  get hasReady(): boolean {
    return this.#queue.peek()?.done() ?? false;
  }

  add(future: Future<unknown>): void {
    this.#jobs.add(future);
    if (this.#ordered) this.#queue.push(future);
    future.addDoneCallback(() => {
      if (!this.#ordered) this.#queue.push(future);
      this.#wake?.();
    });
  }

  /** The next result, by the order asked for; throws its failure. */
  async next(): Promise<unknown> {
    while (!this.hasReady) {
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = null;
    }
    const future = this.#queue.shift()!;
    this.#jobs.delete(future);
    return future.result();
  }

  /** Cancels what has not begun, and looks away from what has. */
  cancel(): void {
    for (const future of this.#jobs) {
      future.cancel("the iteration over the results ended");
      future.catch(() => null); // nobody will ask for it any more
    }
  }
}

/** What ends a whole iteration: its timeout and its signal. */
class Bound {
  readonly #ended = Promise.withResolvers<never>();
  readonly #timer: { cancel(): void } | null;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#ended.reject(this.#signal?.reason);

  constructor(deadline: Deadline, timeout: number | undefined, signal: AbortSignal | undefined) {
    this.#ended.promise.catch(() => null); // it may end when nobody waits
    this.#signal = signal;
    this.#timer = deadline === Deadline.NEVER ? null : setTimer(
      () => this.#ended.reject(new TimeoutError(`The results took longer than ${timeout} ms`)),
      deadline.remaining(),
    );
    if (signal?.aborted) this.#onAbort();
    else onAbort(signal, this.#onAbort);
  }

  race<T>(promise: Promise<T>): Promise<T> {
    return this.#timer === null && this.#signal === undefined
      ? promise
      : Promise.race([this.#ended.promise, promise]);
  }

  end(): void {
    this.#timer?.cancel();
    offAbort(this.#signal, this.#onAbort);
  }
}
