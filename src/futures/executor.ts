import type { Future } from "../core/future.ts";
import type { JobSettings } from "../wire/pool/job.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import type { PoolStatistics } from "../wire/pool/pool_statistics.ts";

/** The items that `map` takes, one argument each. */
export type Inputs<T> = Iterable<T> | AsyncIterable<T>;

/** How `map` runs. */
export interface MapOptions {
  /**
   * How many inputs travel together as one job; default 1. Fewer go together at the end, and when inputs are late
   * while a worker has nothing to do.
   */
  chunkSize?: number;
  /** The longest time from the call of `map` to a result, in milliseconds; then `TimeoutError`. */
  timeout?: number;
  /** Whether results come in the order of the inputs (default) or as they are done. */
  ordered?: boolean;
  /** Ends the iteration with the signal's reason, takes back what has not begun and asks what runs to stop. */
  signal?: AbortSignal;
  /**
   * How many jobs may be begun and not read; default 4 for each worker, 16 at least, and up to 1,024 while results
   * come and are read within a moment.
   */
  lookAhead?: number;
}

/** What an executor tells of itself; an immutable record. */
export type ExecutorStatistics = PoolStatistics;

/**
 * Runs functions: in line, as asynchronous tasks, on threads, in processes or on other machines.
 *
 * Whatever implements it keeps these promises, and one test suite holds all to them:
 *
 * - **Settle everything**: each job ends as exactly one of done, failed, cancelled or worker lost
 *   (`BrokenExecutorError`), also when its worker crashes, closes itself, fails to load, or its result cannot be sent.
 * - A job's `timeout` counts from its start, not from its submission; one job's end never touches another.
 * - Errors arrive with class, message, fields, cause and the stack of the far side.
 * - After `shutdown` nothing is accepted (`ShutDownError`); `await using` shuts down and waits.
 *
 * Source: Python's `concurrent.futures.Executor`.
 */
export interface Executor extends AsyncDisposable {
  /**
   * Runs `fn(...args)` and returns its future.
   *
   * @throws {ShutDownError} after `shutdown`.
   * @throws {TypeError} if `fn` is no function.
   */
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>>;
  /**
   * As `submit`, with what bounds the job: `signal`, `timeout`, `queueTimeout`, `priority`, `transfer`.
   *
   * `retries`, `delay`, `limit` and `key` need a server that stores the jobs: a `NatsExecutor` takes them.
   *
   * @throws {TypeError} if a setting cannot be meant, or this executor cannot keep to it.
   */
  submitWith<A extends unknown[], R>(
    settings: JobSettings,
    fn: (...args: A) => R,
    ...args: A
  ): Future<Awaited<R>>;
  /**
   * Calls `fn` with each input and iterates over the results.
   *
   * - The first inputs are taken in this call, the others a bounded number ahead of the reader; so they may be endless.
   * - Results come when they are ready, also while the next input is not: inputs may come from earlier results.
   * - The first failure ends the iteration with that error; a `break` cancels what waits. Inputs that fail are told
   *   after the results before them.
   * - Several `next()` at once get results in the order in which they asked; `return()` ends them.
   * - Not like Python: `timeout` counts only while a result is waited for, and ends the iteration.
   * - With several iterables `fn` gets one item of each, until the shortest ends (Python's `map(fn, a, b)`).
   */
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
  /**
   * Runs a generator function and iterates over what it yields; or any other that returns something iterable, or a
   * promise of it.
   *
   * - The generator is held back when the reader is slow; on this thread it makes an item only when one is asked for.
   * - It is a job until it has ended: `currentSignal()` and `checkpoint()` in it are the job's. It takes a place, on this
   *   thread only until the generator is made.
   * - A `break` asks it to stop, runs its `finally` before the loop is left, and throws what that throws; the reason of its
   *   signal is no failure. A generator that waits for something else than its signal holds the loop until it goes on.
   * - An item that cannot cross ends the stream with a `TransferError`, after the items before it.
   * - `shutdown` lets the stream be read to its end; a reader that takes nothing of what is there for half a second
   *   then has walked away, and the generator is ended.
   */
  stream<A extends unknown[], Y>(
    fn: (
      ...args: A
    ) => Iterable<Y> | AsyncIterable<Y> | PromiseLike<Iterable<Y> | AsyncIterable<Y>>,
    ...args: A
  ): AsyncIterableIterator<Y>;
  /** Starts all workers and waits until they can take jobs. */
  ready(): Promise<void>;
  /** Runs `fn(...args)` once on every worker and returns the results. */
  broadcast<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>[]>;
  /**
   * Lets no job begin until `resume()`; what runs goes on, and jobs are taken as before.
   *
   * - `ready`, and on pools `broadcast`, are not held back. `shutdown` ends the pause.
   */
  pause(): void;
  /** Ends a pause. */
  resume(): void;
  /**
   * Waits until no job waits and none runs, as after a burst; more may be submitted then.
   *
   * Source: p-queue's `onIdle`.
   */
  onIdle(): Promise<void>;
  /** Takes no more jobs and, by default, waits until those there are done and the workers gone. */
  shutdown(options?: ShutdownOptions): Promise<void>;
  /** What there is and what was, at this moment. */
  statistics(): ExecutorStatistics;
}
