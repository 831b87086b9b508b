import { Future, InvalidStateError } from "../core/mod.ts";
import { type AnyFunction, type PoolStatistics, targetOf, WorkerPool } from "../wire/mod.ts";
import { AsyncResult, type ResultCallbacks } from "./async_result.ts";
import { ChildTransport } from "./child_transport.ts";
import { ImapIterator } from "./imap_iterator.ts";
import { here } from "./node.ts";
import { PoolMapper } from "./pool_mapper.ts";
import {
  checkCount,
  type ChunkOptions,
  chunkSize,
  type Inputs,
  type PoolOptions,
} from "./pool_options.ts";

let pools = 0;

/** The input is the only argument. */
const alone = (input: unknown): unknown[] => [input];

/**
 * Processes that run calls side by side.
 *
 * - Processes are started when calls wait and none is free; they stay until the pool is closed, and end with this process.
 * - `map` answers all results in the order of the inputs. It runs every call also when one fails, then throws
 *   the first failure.
 * - `imap` takes its inputs as results are taken, a few ahead. Results come when they are ready, also while the next
 *   input is not; an unfinished chunk is sent when inputs are late and a process has nothing to do.
 * - A call whose arguments or result cannot cross fails alone, not its chunk.
 * - A process that is killed fails only the call, or the chunk of calls, that it was doing, at once, with a
 *   `BrokenExecutorError`, and is replaced. Not like Python, where they never end.
 * - `await using` terminates the pool, as Python's `with` does; to let it finish: `close()`, then `join()`.
 *
 * Source: `multiprocessing.Pool`. `ProcessPoolExecutor` of `./futures` is the younger sister of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Pool } from "@quartet/concurrency/multiprocessing";
 *
 * await using pool = new Pool({ processes: 2 });
 * assertEquals(await pool.map((n: number) => n * n, [1, 2, 3]), [1, 4, 9]);
 * assertEquals(await pool.apply((a: number, b: number) => Math.hypot(a, b), [3, 4]), 5);
 * ```
 */
export class Pool implements AsyncDisposable {
  readonly #pool: WorkerPool;
  readonly #mapper: PoolMapper;
  readonly #children = new Set<ChildTransport>();
  /** Ends when no call has inputs that were not sent. */
  readonly #allSent = Promise.withResolvers<void>();
  #state: "running" | "closed" | "terminated" = "running";

  /**
   * Makes the pool; its processes are started by the first call.
   *
   * @throws {RangeError} if a count is no whole number above zero.
   * @throws {TypeError} if the initializer is no function.
   */
  constructor(options: PoolOptions | number = {}) {
    const given = typeof options === "number" ? { processes: options } : options;
    const { processes = navigator.hardwareConcurrency, maxTasksPerChild = Infinity } = given;
    const { initializer, initargs = [], permissions, env } = given;
    checkCount("processes", processes);
    if (maxTasksPerChild !== Infinity) checkCount("maxTasksPerChild", maxTasksPerChild);
    if (initializer !== undefined && typeof initializer !== "function") {
      throw new TypeError(`Cannot use initializer ${String(initializer)}: give a function`);
    }
    this.#pool = new WorkerPool({
      reach: "process",
      start: (name) => {
        const transport = new ChildTransport({ info: { name, daemon: true }, permissions, env });
        this.#children.add(transport);
        transport.exited.then(() => this.#children.delete(transport));
        return {
          transport,
          offers: transport.offers,
          kill: () => transport.kill("SIGKILL"),
          keepProgram: (keeps) => keeps ? transport.ref() : transport.unref(),
        };
      },
      namePrefix: `PoolWorker-${++pools}`,
      maxWorkers: processes,
      minWorkers: processes,
      idleTimeout: Infinity,
      maxQueue: Infinity,
      concurrency: 1,
      maxTasksPerWorker: maxTasksPerChild,
      zombies: () => 0, // a process can be killed
      initializer: initializer === undefined
        ? null
        : { fn: initializer as AnyFunction, args: [...initargs] },
    });
    this.#mapper = new PoolMapper(this.#pool, processes);
  }

  /** Calls `fn` in a process and waits for its result. */
  apply<A extends unknown[], R>(fn: (...args: A) => R, args?: A): Promise<Awaited<R>> {
    return this.applyAsync(fn, args).get();
  }

  /**
   * Calls `fn` in a process.
   *
   * @throws {InvalidStateError} if the pool was closed or terminated.
   * @throws {TransferError} if `fn` cannot cross.
   */
  applyAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    callbacks: ResultCallbacks<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    this.#checkRunning(fn as AnyFunction);
    const { future } = this.#pool.submit({}, fn as AnyFunction, args);
    return new AsyncResult(this.#watch(future as Future<Awaited<R>>), callbacks);
  }

  /**
   * Calls `fn` with each input and waits for all results, in the order of the inputs.
   *
   * @param chunk how many calls go to a process at a time; by default a quarter of each process's share.
   */
  map<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions,
  ): Promise<Awaited<R>[]> {
    return this.mapAsync(fn, inputs, chunk).get();
  }

  /** The same as {@link Pool.map} without waiting. */
  mapAsync<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions,
    callbacks: ResultCallbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAll(fn as AnyFunction, inputs, alone, chunk, callbacks);
  }

  /** The same as {@link Pool.map} for inputs that are lists of arguments. */
  starmap<A extends unknown[], R>(
    fn: (...args: A) => R,
    inputs: Inputs<A>,
    chunk?: number | ChunkOptions,
  ): Promise<Awaited<R>[]> {
    return this.starmapAsync(fn, inputs, chunk).get();
  }

  /** The same as {@link Pool.starmap} without waiting. */
  starmapAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    inputs: Inputs<A>,
    chunk?: number | ChunkOptions,
    callbacks: ResultCallbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAll(fn as AnyFunction, inputs, (input) => input, chunk, callbacks);
  }

  /**
   * Calls `fn` with each input; the results come in the order of the inputs, as they are taken.
   *
   * @param chunk how many calls go to a process at a time; 1 by default.
   */
  imap<T, R>(
    fn: (input: T) => R,
    inputs: Inputs<T>,
    chunk?: number | ChunkOptions,
  ): ImapIterator<Awaited<R>> {
    return this.#stream(fn as AnyFunction, inputs, chunk, true);
  }

  /** The same as {@link Pool.imap}, but each result comes as soon as it is there. */
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

  /** Ends it at once: calls that are not finished fail. */
  terminate(): void {
    if (this.#state === "terminated") return;
    this.#state = "terminated";
    this.#pool.shutdown({ wait: false, cancelPending: true });
    this.#allSent.resolve();
    for (const child of this.#children) child.kill("SIGTERM");
  }

  /**
   * Waits until its processes have ended.
   *
   * @throws {InvalidStateError} if it was neither closed nor terminated.
   */
  async join(): Promise<void> {
    if (this.#state === "running") {
      throw new InvalidStateError("cannot join the pool: it is still running; close it first");
    }
    await here().waiting(this.#allSent.promise);
    await here().waiting(this.#pool.shutdown());
    await Promise.all([...this.#children].map((child) => child.exited));
  }

  /** Workers, tasks and times. */
  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  /** Terminates it and waits until its processes have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }

  #mapAll<R>(
    fn: AnyFunction,
    inputs: Inputs<unknown>,
    argsOf: (input: never) => unknown[],
    chunk: number | ChunkOptions | undefined,
    callbacks: ResultCallbacks<R[]>,
  ): AsyncResult<R[]> {
    const size = chunkSize(chunk);
    this.#checkRunning(fn);
    const future = new Future<R[]>();
    const mapped = { fn, argsOf: argsOf as (input: unknown) => unknown[] };
    this.#mapper.all<R>(mapped, inputs, size)
      .then((results) => future.setResult(results), (error) => future.setException(error));
    return new AsyncResult(this.#watch(future), callbacks);
  }

  #stream<R>(
    fn: AnyFunction,
    inputs: Inputs<unknown>,
    chunk: number | ChunkOptions | undefined,
    ordered: boolean,
  ): ImapIterator<R> {
    const size = chunkSize(chunk) ?? 1;
    this.#checkRunning(fn);
    return new ImapIterator(this.#mapper.stream<R>({ fn, argsOf: alone }, inputs, size, ordered));
  }

  /** A terminated pool fails what nobody may be waiting for: that is no news. */
  #watch<T>(future: Future<T>): Future<T> {
    here().waiting(new Promise<void>((resolve) => future.addDoneCallback(() => resolve())));
    future.addDoneCallback((ended) => {
      if (this.#state === "terminated" && !ended.cancelled()) ended.exception();
    });
    return future;
  }

  #checkRunning(fn: AnyFunction): void {
    if (this.#state !== "running") {
      throw new InvalidStateError(`cannot call in the pool: it is ${this.#state}`);
    }
    targetOf(fn);
  }
}
