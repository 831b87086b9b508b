import { checkFunction, checkOptions, isThenable } from "../core/check.ts";
import { now, setTimer } from "../core/clock.ts";
import { CancelledError, ShutDownError, StoppedError } from "../core/errors.ts";
import type { Future } from "../core/future.ts";
import { runAs } from "../core/async_work.ts";
import { OrderedReads } from "../core/mapping/ordered_reads.ts";
import { type AnyFunction, isStub, resolveTarget, targetOf } from "../wire/codec/portable.ts";
import { JobGate, type JobRate } from "../wire/pool/job_gate.ts";
import { JobQueue } from "../wire/pool/job_queue.ts";
import { checkSettings, type JobSettings } from "../wire/pool/job.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import { TimeHistogram } from "../wire/pool/time_histogram.ts";
import { type ChunkOutcome, runChunk } from "../wire/rpc/chunk.ts";
import { BaseExecutor } from "./base_executor.ts";
import type { ExecutorStatistics } from "./executor.ts";
import { InlineJob } from "./inline_job.ts";

/** What the executors of this one thread have in common: how many jobs may overlap, and when one begins. */
export abstract class InlineExecutor extends BaseExecutor {
  readonly #concurrency: number;
  readonly #atOnce: boolean;
  readonly #waiting = new JobQueue<InlineJob>();
  readonly #gate: JobGate;
  readonly #runTimes = new TimeHistogram();
  readonly #waitTimes = new TimeHistogram();
  readonly #since = now();
  readonly #running = new Set<InlineJob>();
  /** Those that were asked to stop and did not. */
  #givenUp = 0;
  #completed = 0;
  #busyMs = 0;
  #isShutDown = false;
  #pumping = false;

  /**
   * For those that implement one.
   *
   * @param concurrency how many jobs may overlap.
   * @param atOnce whether a job begins inside `submit`, if nothing else runs.
   * @param rate how many jobs may begin in how long.
   */
  protected constructor(concurrency: number, atOnce: boolean, rate: JobRate | undefined) {
    super(concurrency);
    this.#gate = new JobGate(rate, () => this.#pump());
    this.#concurrency = concurrency;
    this.#atOnce = atOnce;
  }

  /** See {@link Executor.stream}. */
  override stream<A extends unknown[], Y>(
    fn: (...args: A) => Iterable<Y> | AsyncIterable<Y>,
    ...args: A
  ): AsyncIterableIterator<Y> {
    checkFunction(fn, "fn");
    const source = this.submit(() => call(fn as AnyFunction, args)) as Future<unknown>;
    return new OrderedReads(itemsOf(source)) as AsyncIterableIterator<Y>;
  }

  /** Nothing has to be started. */
  override ready(): Promise<void> {
    return Promise.resolve();
  }

  /** Runs `fn(...args)` once: there is one worker, this thread. */
  override async broadcast<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>[]> {
    return [await this.submit(fn, ...args)];
  }

  /** See {@link Executor.pause}. */
  override pause(): void {
    this.#gate.pause();
  }

  /** See {@link Executor.resume}. */
  override resume(): void {
    this.#gate.resume();
  }

  /** See {@link Executor.onIdle}. */
  override onIdle(): Promise<void> {
    return this.#isIdle ? Promise.resolve() : this.#gate.untilIdle();
  }

  /** See {@link Executor.shutdown}. */
  override async shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptions(options, "Executor.shutdown()", "wait: false");
    this.#isShutDown = true;
    if (options.cancelPending) this.#cancelWaiting();
    this.#gate.resume();
    this.#look();
    if (options.wait ?? true) await this.#idle(options.timeout);
  }

  /** See {@link Executor.statistics}. */
  override statistics(): ExecutorStatistics {
    const age = now() - this.#since;
    return Object.freeze({
      workers: 1,
      idle: this.#running.size === 0 ? 1 : 0,
      queued: this.#waiting.size,
      paused: this.#gate.isPaused,
      running: this.#running.size,
      completed: this.#completed,
      lost: 0,
      zombies: this.#givenUp,
      utilization: age === 0 ? 0 : Math.min(1, this.#busyMs / age),
      run: this.#runTimes.summary(),
      wait: this.#waitTimes.summary(),
    });
  }

  /** Runs one job. */
  protected override run(settings: JobSettings, fn: AnyFunction, args: unknown[]): Future<unknown> {
    return this.#submit(settings, () => call(fn, args));
  }

  /** Runs several calls of a function as one job. */
  protected override runChunk(
    settings: JobSettings,
    fn: AnyFunction,
    rows: unknown[][],
  ): Future<ChunkOutcome[]> {
    return this.#submit(settings, () => runChunk(fn, rows as never[][])) as Future<ChunkOutcome[]>;
  }

  #submit(settings: JobSettings, run: () => unknown): Future<unknown> {
    checkSettings(settings);
    if (this.#isShutDown) throw new ShutDownError("Cannot submit: the executor was shut down");
    const job = new InlineJob(run, settings, (each) => this.#withdraw(each));
    if (settings.signal?.aborted) {
      job.cancel(settings.signal.reason);
      return job.future;
    }
    this.#waiting.push(job);
    if (this.#atOnce) this.#pump();
    else if (!this.#pumping) {
      this.#pumping = true;
      queueMicrotask(() => {
        this.#pumping = false;
        this.#pump();
      });
    }
    return job.future;
  }

  #withdraw(job: InlineJob): boolean {
    if (!this.#waiting.remove(job)) return false;
    this.#look();
    return true;
  }

  #pump(): void {
    while (
      this.#waiting.size > 0 && this.#running.size < this.#concurrency && this.#gate.isOpen()
    ) {
      this.#run(this.#waiting.shift()!);
    }
    this.#look();
  }

  get #isIdle(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  /** Tells what has become of the last change. */
  #look(): void {
    if (this.#waiting.size === 0) this.#gate.rest();
    if (this.#isIdle) this.#gate.tellIdle();
  }

  #run(job: InlineJob): void {
    const began = now();
    this.#gate.enter();
    this.#waitTimes.add(began - job.submittedAt);
    this.#running.add(job);
    job.begin();
    /** Its place is free for another. */
    const leave = (): void => {
      if (!this.#running.delete(job)) return;
      const ms = now() - began;
      this.#completed++;
      this.#busyMs += ms;
      this.#runTimes.add(ms);
    };
    let isGivenUp = false;
    job.onGivenUp = () => {
      isGivenUp = true;
      this.#givenUp++;
      leave();
      this.#pump();
    };
    const ended = (settle: () => void): void => {
      job.end();
      if (isGivenUp) this.#givenUp--;
      leave();
      job.settle(settle);
    };
    try {
      const result = job.flow === null
        ? runAs(job, job.run)
        : job.flow.run(() => runAs(job, job.run));
      if (!isThenable(result)) return ended(() => job.future.setResult(result));
      Promise.resolve(result).then(
        (value) => ended(() => job.future.setResult(value)),
        (error) => ended(() => job.future.setException(error)),
      ).then(() => this.#pump());
    } catch (error) {
      ended(() => job.future.setException(error));
    }
  }

  /** Ends when all is done; past `timeout` what waits is cancelled, and what runs is asked to stop and then given up. */
  async #idle(timeout: number | undefined): Promise<void> {
    const timer = timeout === undefined ? null : setTimer(() => {
      this.#cancelWaiting();
      for (const job of this.#running) job.stop(new StoppedError("The executor was shut down"));
    }, timeout);
    await this.onIdle();
    timer?.cancel();
  }

  #cancelWaiting(): void {
    for (const job of this.#waiting.clear()) {
      job.cancel(new CancelledError("The executor was shut down"));
    }
    this.#look();
  }
}

/** The items of a generator, once the job that makes it has run. */
async function* itemsOf(source: Future<unknown>): AsyncGenerator<unknown, unknown> {
  return yield* await source as AsyncIterable<unknown>;
}

/** Calls a function in line; one that only stands for another's module loads it first. */
function call(fn: AnyFunction, args: unknown[]): unknown {
  if (!isStub(fn)) return fn(...args as never[]);
  return resolveTarget(targetOf(fn)).then((found) => found(...args as never[]));
}
