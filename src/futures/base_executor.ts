import { checkOptions, show } from "../core/check.ts";
import type { Future } from "../core/future.ts";
import type { AnyFunction } from "../wire/codec/portable.ts";
import type { JobSettings } from "../wire/pool/job.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import type { ChunkOutcome } from "../wire/rpc/chunk.ts";
import type { Executor, ExecutorStatistics, Inputs, MapOptions } from "./executor.ts";
import { mapping, splitMapArguments } from "./mapping.ts";

/** The settings of a job that has none. */
const PLAIN: JobSettings = Object.freeze({});

/** What every executor does in the same way; each says how one job is run. */
export abstract class BaseExecutor implements Executor {
  readonly #width: number;

  /**
   * For those that implement one.
   *
   * @param width how many jobs it can run at once, which is what `map` keeps going.
   */
  protected constructor(width: number) {
    this.#width = width;
  }

  /** Runs `fn(...args)` and returns its future; see {@link Executor.submit}. */
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    checkFunction(fn);
    return this.run(PLAIN, fn as AnyFunction, args) as Future<Awaited<R>>;
  }

  /** As `submit`, with what bounds the job; see {@link Executor.submitWith}. */
  submitWith<A extends unknown[], R>(
    settings: JobSettings,
    fn: (...args: A) => R,
    ...args: A
  ): Future<Awaited<R>> {
    checkOptions(settings, "submitWith()", "timeout: 1000");
    checkFunction(fn);
    return this.run(settings, fn as AnyFunction, args) as Future<Awaited<R>>;
  }

  /** Calls `fn` with each input and iterates over the results; see {@link Executor.map}. */
  map<T, R>(
    fn: (item: T) => R,
    inputs: Inputs<T>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>>;
  /** The same over two iterables, until the shorter ends. */
  map<T, U, R>(
    fn: (first: T, second: U) => R,
    first: Inputs<T>,
    second: Inputs<U>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>>;
  /** The same over three. */
  map<T, U, V, R>(
    fn: (first: T, second: U, third: V) => R,
    first: Inputs<T>,
    second: Inputs<U>,
    third: Inputs<V>,
    options?: MapOptions,
  ): AsyncIterableIterator<Awaited<R>>;
  map(fn: AnyFunction, ...given: unknown[]): AsyncIterableIterator<unknown> {
    checkFunction(fn);
    const { inputs, options } = splitMapArguments(given);
    const settings = options.signal === undefined ? PLAIN : { signal: options.signal };
    const mapper = {
      width: this.#width,
      submitRow: (row: unknown[]) => this.run(settings, fn, row),
      submitChunk: (rows: unknown[][]) => this.runChunk(settings, fn, rows),
      room: () => this.roomToCome(),
    };
    return mapping(mapper, inputs, options);
  }

  /** Runs a generator function and iterates over what it yields; see {@link Executor.stream}. */
  abstract stream<A extends unknown[], Y>(
    fn: (...args: A) => Iterable<Y> | AsyncIterable<Y>,
    ...args: A
  ): AsyncIterableIterator<Y>;

  /** Starts all workers and waits until they can take jobs. */
  abstract ready(): Promise<void>;

  /** Runs `fn(...args)` once on every worker and returns the results. */
  abstract broadcast<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>[]>;

  /** Holds back what waits; see {@link Executor.pause}. */
  abstract pause(): void;

  /** Lets what waits begin again. */
  abstract resume(): void;

  /** Waits until nothing waits and nothing runs; see {@link Executor.onIdle}. */
  abstract onIdle(): Promise<void>;

  /** Takes no more jobs and, by default, waits for those there; see {@link Executor.shutdown}. */
  abstract shutdown(options?: ShutdownOptions): Promise<void>;

  /** What there is and what was, at this moment. */
  abstract statistics(): ExecutorStatistics;

  /** Shuts down and waits. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** Ends when another job may wait; `null` when one may now. */
  protected roomToCome(): Promise<void> | null {
    return null;
  }

  /** Runs one job. */
  protected abstract run(settings: JobSettings, fn: AnyFunction, args: unknown[]): Future<unknown>;

  /** Runs several calls of a function as one job. */
  protected abstract runChunk(
    settings: JobSettings,
    fn: AnyFunction,
    rows: unknown[][],
  ): Future<ChunkOutcome[]>;
}

function checkFunction(fn: unknown): void {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot run ${show(fn)}: give a function first, then its arguments`);
  }
}
