import { isThenable } from "../core/check.ts";
import { now, setTimer } from "../core/clock.ts";
import { CancelledError, ShutDownError, StoppedError } from "../core/errors.ts";
import { runAs } from "../core/flow/async_work.ts";
import type { AnyFunction } from "../wire/codec/portable.ts";
import { JobGate, type JobRate } from "../wire/pool/job_gate.ts";
import { JobQueue } from "../wire/pool/job_queue.ts";
import {
  checkLocalSettings,
  type Job,
  type JobKind,
  type JobOwner,
  type JobSettings,
  type JobWorker,
} from "../wire/pool/job.ts";
import { ItemStreams } from "../wire/pool/item_stream.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import { PoolCounts } from "../wire/pool/pool_statistics.ts";
import type { JobPool } from "./base_executor.ts";
import type { ExecutorStatistics } from "./executor.ts";
import { InlineJob } from "./inline_job.ts";

/** Runs jobs in line, on this one thread: it knows how many may overlap, and when one begins. */
export class InlinePool implements JobPool, JobOwner, JobWorker {
  /** Any number of jobs may wait. */
  readonly hasRoom = true;
  /** This thread is the one that a job runs on. */
  readonly canBlock = false;
  readonly #concurrency: number;
  readonly #atOnce: boolean;
  readonly #waiting = new JobQueue();
  readonly #gate: JobGate;
  readonly #streams = new ItemStreams();
  readonly #idleWaiters: (() => void)[] = [];
  readonly #counts = new PoolCounts();
  readonly #running = new Set<InlineJob>();
  /** Those of them that take a place; a stream whose generator is made takes none, since its reader may submit here. */
  readonly #placed = new Set<InlineJob>();
  /** Those that were asked to stop and did not. */
  #givenUp = 0;
  #ids = 0;
  #isShutDown = false;
  #pumping = false;

  /**
   * @param concurrency how many jobs may overlap.
   * @param atOnce whether a job begins inside `submit`, if nothing else runs.
   * @param rate how many jobs may begin in how long.
   */
  constructor(concurrency: number, atOnce: boolean, rate: JobRate | undefined) {
    this.#gate = new JobGate(rate, () => this.#pump());
    this.#concurrency = concurrency;
    this.#counts.alive = 1;
    this.#atOnce = atOnce;
  }

  stream(fn: AnyFunction, args: unknown[]): AsyncIterableIterator<unknown> {
    return this.#streams.open(
      (onItems) => this.submit({}, fn, args, { onItems }),
      (job) => (job as InlineJob).makeItem(),
    );
  }

  room(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing has to be started. */
  ready(): Promise<void> {
    return Promise.resolve();
  }

  /** There is one worker, this thread. */
  async broadcast(fn: AnyFunction, args: unknown[]): Promise<unknown[]> {
    return [await this.submit({}, fn, args).future];
  }

  pause(): void {
    this.#gate.pause();
  }

  resume(): void {
    this.#gate.resume();
  }

  onIdle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async shutdown(options: ShutdownOptions): Promise<void> {
    this.#streams.expectReaders();
    this.#isShutDown = true;
    if (options.cancelPending) this.#cancelWaiting();
    this.#gate.resume();
    this.#look();
    if (options.wait ?? true) await this.#idle(options.timeout);
  }

  statistics(): ExecutorStatistics {
    return Object.freeze({
      workers: 1,
      idle: this.#running.size === 0 ? 1 : 0,
      queued: this.#waiting.size,
      paused: this.#gate.isPaused,
      running: this.#running.size,
      zombies: this.#givenUp,
      ...this.#counts.summary(),
    });
  }

  /** Runs one job, or several calls of a function as one. */
  submit(settings: JobSettings, fn: AnyFunction, args: unknown[], kind?: JobKind): InlineJob {
    checkLocalSettings(settings);
    if (this.#isShutDown) throw new ShutDownError("Cannot submit: the executor was shut down");
    const job = new InlineJob(this, fn, args, settings, now(), kind);
    if (settings.signal?.aborted) {
      job.cancel(settings.signal.reason);
      return job;
    }
    job.watch();
    this.#waiting.push(job);
    if (this.#atOnce) this.#pump();
    else if (!this.#pumping) {
      this.#pumping = true;
      queueMicrotask(() => {
        this.#pumping = false;
        this.#pump();
      });
    }
    return job;
  }

  withdraw(job: Job): boolean {
    if (!this.#waiting.remove(job)) return false;
    this.#look();
    return true;
  }

  /** What runs here runs at once. */
  hasBegun(): boolean {
    return true;
  }

  takeBack(): boolean {
    return false;
  }

  interrupt(job: Job, reason: unknown): void {
    (job as InlineJob).stop(reason);
  }

  finish(job: Job): void {
    (job as InlineJob).finish();
  }

  #pump(): void {
    while (
      this.#waiting.size > 0 && this.#placed.size < this.#concurrency && this.#gate.isOpen()
    ) {
      this.#run(this.#waiting.shift() as InlineJob);
    }
    this.#look();
  }

  get #isIdle(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  /** Tells what has become of the last change. */
  #look(): void {
    if (this.#waiting.size === 0) this.#gate.rest();
    if (!this.#isIdle) return;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  #run(job: InlineJob): void {
    const began = now();
    this.#gate.enter();
    this.#counts.wait.add(began - job.submittedAt);
    this.#running.add(job);
    this.#placed.add(job);
    if (this.#running.size === 1) this.#counts.busy = 1;
    job.sent(this, this.#ids++);
    job.onStreaming = () => {
      this.#placed.delete(job);
      this.#pump();
    };
    /** Its place is free for another. */
    const leave = (): void => {
      this.#placed.delete(job);
      if (!this.#running.delete(job)) return;
      if (this.#running.size === 0) this.#counts.busy = 0;
      this.#counts.completed++;
      this.#counts.run.add(now() - began);
    };
    let isGivenUp = false;
    job.onGivenUp = () => {
      isGivenUp = true;
      this.#givenUp++;
      leave();
      this.#pump();
    };
    const ended = (): void => {
      job.end();
      if (isGivenUp) this.#givenUp--;
      leave();
    };
    const done = (value: unknown): void => {
      ended();
      job.done(value);
    };
    const failed = (error: unknown): void => {
      ended();
      job.failed(error);
    };
    try {
      const run = () => runAs(job, () => job.run());
      const result = job.flow === null ? run() : job.flow.run(run);
      if (!isThenable(result)) return done(result);
      Promise.resolve(result).then(done, failed).then(() => this.#pump());
    } catch (error) {
      failed(error);
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
