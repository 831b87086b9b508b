import { checkFunction, checkOptions, show } from "../core/check.ts";
import type { Future } from "../core/future.ts";
import type { ChunkCalls } from "../core/mapping/chunk.ts";
import type { AnyFunction } from "../wire/codec/portable.ts";
import type { JobKind, JobSettings } from "../wire/pool/job.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import type { Executor, ExecutorStatistics, Inputs, MapOptions } from "./executor.ts";
import { mapping, splitMapArguments } from "./mapping.ts";

/** The settings of a job that has none. */
const PLAIN: JobSettings = Object.freeze({});
const CHUNK: JobKind = Object.freeze({ isChunk: true });

/** What an executor has its jobs run by: workers, or this thread. */
export interface JobPool {
  /** Whether another job may wait. */
  readonly hasRoom: boolean;
  /** Runs one job; a chunk's result tells how each of its calls ended. */
  submit(
    settings: JobSettings,
    fn: AnyFunction,
    args: unknown[],
    kind?: JobKind,
  ): { readonly future: Future<unknown> };
  /** See {@link Executor.stream}. */
  stream(fn: AnyFunction, args: unknown[]): AsyncIterableIterator<unknown>;
  /** Ends when another job may wait. */
  room(): Promise<void>;
  /** See {@link Executor.ready}. */
  ready(): Promise<void>;
  /** See {@link Executor.broadcast}. */
  broadcast(fn: AnyFunction, args: unknown[]): Promise<unknown[]>;
  /** See {@link Executor.pause}. */
  pause(): void;
  /** See {@link Executor.resume}. */
  resume(): void;
  /** See {@link Executor.onIdle}. */
  onIdle(): Promise<void>;
  /** See {@link Executor.shutdown}. */
  shutdown(options: ShutdownOptions): Promise<void>;
  /** What there is and what was. */
  statistics(): ExecutorStatistics;
}

/** A function that runs in the place of each job's own, with what it gets before the job's arguments. */
export interface Detour {
  /** Runs in its place. */
  readonly fn: AnyFunction;
  /** What it gets before the arguments. */
  readonly before: (fn: AnyFunction) => unknown[];
}

/** The executor that all others are: they differ in the pool that they make. */
export abstract class BaseExecutor implements Executor {
  readonly #pool: JobPool;
  readonly #width: number;
  readonly #detour: Detour | null;

  /**
   * For those that implement one.
   *
   * @param pool what runs the jobs.
   * @param width how many jobs it can run at once, which is what `map` keeps going.
   * @param detour what runs in the place of each job's function, if anything does.
   */
  protected constructor(pool: JobPool, width: number, detour: Detour | null = null) {
    this.#pool = pool;
    this.#width = width;
    this.#detour = detour;
  }

  /** Runs `fn(...args)` and returns its future; see {@link Executor.submit}. */
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    checkJob(fn);
    const future = this.#detour === null
      ? this.#pool.submit(PLAIN, fn as AnyFunction, args).future
      : this.#run(PLAIN, fn as AnyFunction, args);
    return future as Future<Awaited<R>>;
  }

  /** As `submit`, with what bounds the job; see {@link Executor.submitWith}. */
  submitWith<A extends unknown[], R>(
    settings: JobSettings,
    fn: (...args: A) => R,
    ...args: A
  ): Future<Awaited<R>> {
    checkOptions(settings, "submitWith()", "timeout: 1000");
    checkJob(fn);
    return this.#run(settings, fn as AnyFunction, args) as Future<Awaited<R>>;
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
    checkJob(fn);
    const { inputs, options } = splitMapArguments(given);
    const settings = options.signal === undefined ? PLAIN : { signal: options.signal };
    const mapper = {
      width: this.#width,
      submitRow: (row: unknown[]) => this.#run(settings, fn, row),
      submitChunk: (calls: ChunkCalls) => this.#runChunk(settings, fn, calls),
      room: () => this.#pool.hasRoom ? null : this.#pool.room(),
    };
    return mapping(mapper, inputs, options);
  }

  /** Runs a generator function and iterates over what it yields; see {@link Executor.stream}. */
  stream<A extends unknown[], Y>(
    fn: (
      ...args: A
    ) => Iterable<Y> | AsyncIterable<Y> | PromiseLike<Iterable<Y> | AsyncIterable<Y>>,
    ...args: A
  ): AsyncIterableIterator<Y> {
    checkFunction(fn, "fn");
    return this.#pool.stream(fn as AnyFunction, args) as AsyncIterableIterator<Y>;
  }

  /** Ends when another job may wait; for those who bound the queue by `maxQueue`. */
  room(): Promise<void> {
    return this.#pool.room();
  }

  /** Starts all workers and waits until they can take jobs. */
  ready(): Promise<void> {
    return this.#pool.ready();
  }

  /** Runs `fn(...args)` once on every worker and returns the results. */
  broadcast<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>[]> {
    checkFunction(fn, "fn");
    return this.#pool.broadcast(fn as AnyFunction, args) as Promise<Awaited<R>[]>;
  }

  /** Holds back what waits; see {@link Executor.pause}. */
  pause(): void {
    this.#pool.pause();
  }

  /** Lets what waits begin again. */
  resume(): void {
    this.#pool.resume();
  }

  /** Waits until nothing waits and nothing runs; see {@link Executor.onIdle}. */
  onIdle(): Promise<void> {
    return this.#pool.onIdle();
  }

  /** Takes no more jobs and, by default, waits for those there; see {@link Executor.shutdown}. */
  shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptions(options, "Executor.shutdown()", "wait: false");
    return this.#pool.shutdown(options);
  }

  /** What there is and what was, at this moment. */
  statistics(): ExecutorStatistics {
    return this.#pool.statistics();
  }

  /** Shuts down and waits. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #run(settings: JobSettings, fn: AnyFunction, args: unknown[]): Future<unknown> {
    const detour = this.#detour;
    if (detour === null) return this.#pool.submit(settings, fn, args).future;
    return this.#pool.submit(settings, detour.fn, [...detour.before(fn), ...args]).future;
  }

  #runChunk(settings: JobSettings, fn: AnyFunction, calls: ChunkCalls): Future<unknown> {
    const detour = this.#detour;
    if (detour === null) return this.#pool.submit(settings, fn, calls, CHUNK).future;
    const before = detour.before(fn);
    const [lists, isFlat] = calls;
    const longer = lists.map((list) =>
      isFlat ? [...before, list] : [...before, ...list as unknown[]]
    );
    return this.#pool.submit(settings, detour.fn, [longer, false], CHUNK).future;
  }
}

function checkJob(fn: unknown): void {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot run ${show(fn)}: give a function first, then its arguments`);
  }
}
