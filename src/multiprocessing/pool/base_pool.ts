import { checkIterable } from "../../core/check.ts";
import { CancelledError, InvalidStateError } from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import { type AnyFunction, targetOf } from "../../wire/codec/portable.ts";
import type { PoolStatistics } from "../../wire/pool/pool_statistics.ts";
import type { WorkerPool } from "../../wire/pool/worker_pool.ts";
import { AsyncResult, type ResultCallbacks } from "./async_result.ts";
import { ImapIterator } from "./imap_iterator.ts";
import { thisNode } from "../objects/node.ts";
import { type MappedFunction, PoolMapper } from "./pool_mapper.ts";
import { type ChunkOptions, chunkSize, type Inputs } from "./pool_options.ts";

/** What differs between pools. */
export interface PoolEnds {
  /** Ends the workers at once. */
  readonly end: (pool: WorkerPool) => void;
  /** Waits for what of them may live longer than the pool. */
  readonly ended: () => Promise<unknown>;
}

/**
 * What {@linkcode Pool} and {@linkcode ThreadPool} have in common: calls that run side by side in workers.
 *
 * Source: `multiprocessing.pool.Pool`.
 */
export abstract class BasePool implements AsyncDisposable {
  readonly #pool: WorkerPool;
  readonly #mapper: PoolMapper;
  /** Ends when no call has inputs that were not sent. */
  readonly #allSent = Promise.withResolvers<void>();
  #state: "running" | "closed" | "terminated" = "running";

  readonly #ends: PoolEnds;

  /**
   * For pools of this module.
   *
   * @internal
   */
  protected constructor(pool: WorkerPool, workers: number, ends: PoolEnds) {
    this.#pool = pool;
    this.#ends = ends;
    this.#mapper = new PoolMapper(pool, workers);
  }

  /** Calls `fn` in a worker and waits for its result. */
  apply<A extends unknown[], R>(fn: (...args: A) => R, args?: A): Promise<Awaited<R>> {
    return this.applyAsync(fn, args).get();
  }

  /**
   * Calls `fn` in a worker.
   *
   * @throws {InvalidStateError} if the pool was closed or terminated.
   * @throws {TransferError} if `fn` cannot cross.
   */
  applyAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    callbacks: ResultCallbacks<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    checkIterable(args, "args");
    this.#checkRunning(fn as AnyFunction);
    const { future } = this.#pool.submit({}, fn as AnyFunction, args);
    return new AsyncResult(this.#watch(future as Future<Awaited<R>>), callbacks);
  }

  /**
   * Calls `fn` with each input and waits for all results, in the order of the inputs.
   *
   * @param chunk how many calls go to a worker at a time; by default a quarter of each worker's share.
   */
  map<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions,
  ): Promise<Awaited<R>[]> {
    return this.mapAsync(fn, inputs, chunk).get();
  }

  /**
   * The same as {@link BasePool.map} without waiting.
   *
   * @param chunk as for `map`; in an object the callbacks may stand too.
   * @param callbacks called with all results, or with the first error.
   */
  mapAsync<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions & ResultCallbacks<Awaited<R>[]>,
    callbacks: ResultCallbacks<Awaited<R>[]> = typeof chunk === "object" ? chunk : {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAll(fn as AnyFunction, inputs, null, chunk, callbacks);
  }

  /** The same as {@link BasePool.map} for inputs that are lists of arguments. */
  starmap<A extends unknown[], R>(
    fn: (...args: A) => R,
    inputs: Inputs<A>,
    chunk?: number | ChunkOptions,
  ): Promise<Awaited<R>[]> {
    return this.starmapAsync(fn, inputs, chunk).get();
  }

  /** The same as {@link BasePool.starmap} without waiting; see {@link BasePool.mapAsync}. */
  starmapAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    inputs: Inputs<A>,
    chunk?: number | ChunkOptions & ResultCallbacks<Awaited<R>[]>,
    callbacks: ResultCallbacks<Awaited<R>[]> = typeof chunk === "object" ? chunk : {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAll(fn as AnyFunction, inputs, (input) => input, chunk, callbacks);
  }

  /**
   * Calls `fn` with each input; the results come in the order of the inputs, as they are taken.
   *
   * @param chunk how many calls go to a worker at a time; 1 by default.
   */
  imap<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions,
  ): ImapIterator<Awaited<R>> {
    return this.#stream(fn as AnyFunction, inputs, chunk, true);
  }

  /** The same as {@link BasePool.imap}, but each result comes as soon as it is there. */
  imapUnordered<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions,
  ): ImapIterator<Awaited<R>> {
    return this.#stream(fn as AnyFunction, inputs, chunk, false);
  }

  /** Takes no more calls; those that were made are finished, with all of their inputs. */
  close(): void {
    if (this.#state !== "running") return;
    this.#state = "closed";
    this.#mapper.finish(() => {
      this.#pool.shutdown({ wait: false });
      this.#allSent.resolve();
    });
  }

  /** Ends it at once: calls that run fail with a `BrokenExecutorError`, what has not begun is cancelled. */
  terminate(): void {
    if (this.#state === "terminated") return;
    this.#state = "terminated";
    this.#ends.end(this.#pool);
    this.#mapper.abandon(new CancelledError("The pool was terminated"));
    this.#allSent.resolve();
  }

  /**
   * Waits until its workers have ended.
   *
   * @throws {InvalidStateError} if it was neither closed nor terminated.
   */
  async join(): Promise<void> {
    if (this.#state === "running") {
      throw new InvalidStateError("Cannot join the pool: it is still running; close it first");
    }
    await thisNode().waiting(this.#allSent.promise);
    await thisNode().waiting(this.#pool.shutdown());
    await this.#ends.ended();
  }

  /** Workers, tasks and times. */
  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  /** Terminates it and waits until its workers have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }

  #mapAll<R>(
    fn: AnyFunction,
    inputs: Inputs<unknown>,
    argsOf: ((input: never) => unknown[]) | null,
    chunk: number | ChunkOptions | undefined,
    callbacks: ResultCallbacks<R[]>,
  ): AsyncResult<R[]> {
    checkIterable(inputs, "inputs", true);
    const size = chunkSize(chunk);
    this.#checkRunning(fn);
    const future = new Future<R[]>();
    this.#mapper.all<R>({ fn, argsOf: argsOf as MappedFunction["argsOf"] }, inputs, size)
      .then((results) => future.setResult(results), (error) => future.setException(error));
    return new AsyncResult(this.#watch(future), callbacks);
  }

  #stream<R>(
    fn: AnyFunction,
    inputs: Inputs<unknown>,
    chunk: number | ChunkOptions | undefined,
    ordered: boolean,
  ): ImapIterator<R> {
    checkIterable(inputs, "inputs", true);
    const size = chunkSize(chunk) ?? 1;
    this.#checkRunning(fn);
    return new ImapIterator(this.#mapper.stream<R>({ fn, argsOf: null }, inputs, size, ordered));
  }

  /** A terminated pool fails what nobody may be waiting for: that is no news. */
  #watch<T>(future: Future<T>): Future<T> {
    thisNode().waiting(new Promise<void>((resolve) => future.addDoneCallback(() => resolve())));
    future.addDoneCallback((ended) => {
      if (this.#state === "terminated" && !ended.cancelled()) ended.exception();
    });
    return future;
  }

  #checkRunning(fn: AnyFunction): void {
    if (this.#state !== "running") {
      throw new InvalidStateError(`Cannot call in the pool: it is ${this.#state}`);
    }
    targetOf(fn);
  }
}
