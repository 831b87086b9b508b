/**
 * The one pool, over any workers: threads, processes, whatever a `start` function gives.
 *
 *     submit ─▶ waiting (by priority) ─▶ a worker with room in its window ─▶ settled
 *                  ▲                          │
 *                  └──── taken back ──────────┘  a worker idles while jobs wait behind a slow one,
 *                                                or the worker died before it began them
 *
 * - Each job ends exactly once: done, failed, cancelled, or its worker lost.
 * - Workers are started when jobs wait and none is free, up to `maxWorkers`; idle ones go after
 *   `idleTimeout`, down to `minWorkers`. A lost worker is replaced when there is work for it.
 * - A worker whose initializer fails breaks the pool, as in Python; so do workers of which none could ever start.
 *   Starts that fail otherwise are tried again (`start_policy.ts`), and what waits goes on waiting.
 */
import { now, realClock, setTimer } from "../../core/clock.ts";
import {
  BrokenExecutorError,
  CancelledError,
  FullError,
  ShutDownError,
} from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import { WorkerSet } from "./worker_set.ts";
import { ItemStreams } from "./item_stream.ts";
import { JobGate } from "./job_gate.ts";
import { JobQueue } from "./job_queue.ts";
import { promisedCall } from "../rpc/call.ts";
import { addLocalPort, type Drainable, removeLocalPort } from "../rpc/local_ports.ts";
import { checkLocalSettings, Job, type JobKind, type JobOwner, type JobSettings } from "./job.ts";
import type { PoolSettings, ShutdownOptions } from "./pool_settings.ts";
import { PoolCounts, type PoolStatistics } from "./pool_statistics.ts";
import type { PoolWorker } from "./pool_worker.ts";
import { type AnyFunction, targetOf } from "../codec/portable.ts";
import { transfer } from "../codec/transfer.ts";
import type { Reach } from "../rpc/transport.ts";
import { isShortage } from "./start_policy.ts";
import { CreditWindows } from "./credit_window.ts";

/** See the head of this file. */
export class WorkerPool implements JobOwner, Drainable {
  readonly reach: Reach;
  readonly canBlock: boolean;
  readonly #settings: PoolSettings;
  readonly #waiting = new JobQueue();
  /** Holds jobs back; there is none until somebody pauses the pool, unless there is a rate. */
  #gate: JobGate | null;
  readonly #onOpen = (): void => this.#pumpSoon();
  readonly #workers: WorkerSet;
  readonly #windows = new CreditWindows();
  readonly #counts = new PoolCounts();
  readonly #streams = new ItemStreams();
  readonly #roomWaiters: (() => void)[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  /** Told when a worker has become ready, or has failed to. */
  readonly #startWaiters: (() => void)[] = [];
  /** Ends when the pool is shut down and everything is gone. */
  readonly #finished = new Future<void>();
  #running = 0;
  /** How often what waited was told that no worker can be started, and why. */
  #refusals = 0;
  #refusal: unknown;
  #pumping = false;
  /** When this turn's first job came: the others of the turn need not ask the clock. */
  #turn = 0;
  #hears = false;
  #isShutDown = false;
  #broken: Error | null = null;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#gate = settings.rate === undefined ? null : new JobGate(settings.rate, this.#onOpen);
    this.reach = settings.reach;
    this.canBlock = settings.reach === "thread";
    this.#workers = new WorkerSet(settings, {
      onReady: () => this.#ready(),
      onUnfit: (worker, error) => this.#unfit(worker, error),
      onSettled: (worker, job, ms) => this.#settled(worker, job, ms),
      onTaken: (worker) => this.#leaves(worker),
      onReturned: (worker, job) => this.#returned(worker, job),
      onGone: (worker, wasAsked) => this.#gone(worker, wasAsked),
      onRefused: (error) => this.#refused(error),
      onRetry: () => this.#retry(),
    });
  }

  /**
   * Queues a job and returns it; its future tells the outcome.
   *
   * @throws {ShutDownError} after `shutdown`.
   * @throws {BrokenExecutorError} if the pool is broken.
   */
  submit(
    settings: JobSettings,
    fn: AnyFunction,
    args: unknown[],
    kind: JobKind = {},
  ): Job {
    checkLocalSettings(settings);
    if (this.#isShutDown) throw new ShutDownError("Cannot submit: the executor was shut down");
    if (this.#broken !== null) throw this.#broken;
    targetOf(fn); // refuses what cannot be found over there
    if (settings.transfer !== undefined) transfer(args, settings.transfer);
    const job = new Job(this, fn, args, settings, this.#pumping ? this.#turn : now(), kind);
    if (settings.signal?.aborted) {
      job.cancel(settings.signal.reason);
    } else if (this.#waiting.size >= this.#settings.maxQueue) {
      job.failed(
        new FullError(`Cannot submit: maxQueue is ${this.#waiting.size}; await room() first`),
      );
    } else if (job.capture(this.reach)) {
      job.watch();
      this.#waiting.push(job);
      this.#hear(true);
      if (!this.#pumping) this.#turn = job.submittedAt;
      this.#pumpSoon();
    }
    return job;
  }

  /** Runs a generator function as a job, and gives its items. */
  stream(fn: AnyFunction, args: unknown[]): AsyncIterableIterator<unknown> {
    return this.#streams.open((onItems) => this.submit({}, fn, args, { onItems }));
  }

  /** Whether another job may wait, or will be refused for another reason. */
  get hasRoom(): boolean {
    return this.#waiting.size < this.#settings.maxQueue || this.#isShutDown ||
      this.#broken !== null;
  }

  /** Ends when another job may wait; at once when one may. */
  room(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Lets no job begin until `resume()`; what workers have and have not begun is taken back. */
  pause(): void {
    if (this.#isShutDown) return;
    this.#gate ??= new JobGate(undefined, this.#onOpen);
    this.#gate.pause();
    this.#workers.takeBackAll();
  }

  /** Lets jobs begin again. */
  resume(): void {
    this.#gate?.resume();
  }

  /** Ends when no job waits and none runs; at once when that is so. */
  onIdle(): Promise<void> {
    if (this.#running === 0 && this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /**
   * Starts all workers and waits until they can take jobs; or until the pool is shut down.
   *
   * @throws {BrokenExecutorError} if the pool is broken.
   * @throws {Error} if none can be started, with the reason.
   */
  async ready(): Promise<void> {
    using _held = this.#workers.hold();
    const reason = this.#refusals;
    while (this.#broken === null && !this.#isShutDown) {
      while (this.#workers.start());
      this.#counts.alive = this.#workers.size;
      if (this.#refusals !== reason && this.#workers.size === 0) throw this.#refusal;
      const workers = [...this.#workers].filter((worker) => worker.state !== "ending");
      const full = this.#workers.size === this.#settings.maxWorkers;
      if (full && workers.every((worker) => worker.state === "ready")) return;
      await new Promise<void>((resolve) => this.#startWaiters.push(resolve));
    }
    if (this.#broken !== null) throw this.#broken;
  }

  /** Runs `fn` once on every worker, all of which are started first; returns the results. */
  async broadcast(fn: AnyFunction, args: unknown[]): Promise<unknown[]> {
    using _held = this.#workers.hold();
    await this.ready();
    const workers = [...this.#workers].filter((worker) => worker.state === "ready");
    return await Promise.all(workers.map((worker) => {
      const { call, outcome } = promisedCall(fn, args);
      worker.prepare(call);
      return outcome;
    }));
  }

  /** Places what waits, for a thread that blocks and has no event loop to do it. */
  flush(): void {
    this.#pump();
    for (const worker of this.#workers) worker.controller.flush();
  }

  drain(): void {
    for (const worker of [...this.#workers]) worker.controller.drain();
  }

  withdraw(job: Job): boolean {
    if (job.worker !== null) return job.worker.takeBack(job);
    if (!this.#waiting.remove(job)) return false;
    this.#notifyRoom();
    return true;
  }

  /** See {@link ShutdownOptions}. */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    this.#streams.expectReaders();
    this.#isShutDown = true;
    this.#giveUpIfHopeless(null);
    this.#notify(this.#startWaiters);
    this.#gate?.resume();
    if (options.cancelPending) this.#cancelWaiting();
    this.#notifyRoom();
    this.#endIdle();
    if (options.timeout !== undefined) this.#stopAfter(options.timeout);
    if (options.wait ?? true) await this.#finished;
  }

  statistics(): PoolStatistics {
    return Object.freeze({
      workers: this.#workers.size,
      idle: this.#workers.size - this.#counts.busy,
      queued: this.#waiting.size,
      paused: this.#gate?.isPaused ?? false,
      running: this.#running,
      zombies: this.#settings.zombies(),
      ...this.#counts.summary(),
    });
  }

  /** Jobs that come in one turn are placed together. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** Places waiting jobs while there is room. */
  #pump(): void {
    const at = now();
    while (this.#waiting.size > 0 && (this.#gate === null || this.#gate.isOpen())) {
      const job = this.#waiting.peek()!;
      const { priority = 0 } = job.settings;
      if (this.#workers.yieldTo(priority)) continue; // what has ended meanwhile may have changed what waits
      const worker = this.#workers.pick(this.#windowOf(job), this.#waiting.size);
      this.#counts.alive = this.#workers.size;
      if (worker === null) break;
      this.#waiting.shift();
      this.#counts.wait.add(at - job.submittedAt);
      if (!worker.assign(job)) continue;
      this.#gate?.enter();
      this.#running++;
      if (worker.jobs.size === 1) this.#counts.busy++;
      else if (this.#windows.isNext(job.fn)) this.#workers.noteNext(priority);
    }
    if (this.#waiting.size < this.#settings.maxQueue) this.#notifyRoom();
    if (this.#waiting.size === 0) this.#workers.rebalanceSoon();
    this.#workers.watch();
    this.#endIdle();
  }

  #ready(): void {
    this.#workers.starts.succeeded();
    this.#retry();
  }

  #retry(): void {
    this.#notify(this.#startWaiters);
    this.#pumpSoon();
  }

  /**
   * A worker could not be started. While others live, or when it was only for want of descriptors or memory, that
   * is borne and tried again; else what waits is told why.
   */
  #refused(error: unknown): void {
    this.#refusal = error;
    if (this.#workers.size > 0) return;
    if (isShortage(error) && this.#workers.starts.hopeless(this.#isShutDown) === null) return;
    this.#refusals++;
    for (const each of this.#waiting.clear()) each.failed(error);
    this.#notifyRoom();
    this.#notify(this.#startWaiters);
    this.#checkFinished();
  }

  /** How many jobs a worker may have for this one to be among them. */
  #windowOf(job: Job): number {
    const { concurrency } = this.#settings;
    const isAlone = job.settings.timeout !== undefined || job.onItems !== null ||
      this.#settings.rate !== undefined || job.isMoving;
    if (isAlone) return concurrency;
    const many = this.#waiting.size > this.#workers.size;
    return Math.max(this.#windows.of(job.fn, many), concurrency);
  }

  #settled(worker: PoolWorker, job: Job, ms: number): void {
    this.#running--;
    this.#counts.completed++;
    this.#counts.run.add(ms);
    this.#windows.note(job.fn, ms);
    if (worker.served >= this.#settings.maxTasksPerWorker) worker.end();
    if (worker.jobs.size === 0) this.#idles(worker);
    else worker.endSoon();
    if (this.#waiting.size > 0) this.#pumpSoon();
    else if (worker.jobs.size === 0) {
      this.#workers.rebalanceSoon();
      this.#endIdle();
    }
  }

  #idles(worker: PoolWorker): void {
    this.#counts.busy--;
    worker.idleSince = realClock.now();
    worker.endSoon();
  }

  /** A job was taken back from this worker. */
  #leaves(worker: PoolWorker): void {
    this.#running--;
    if (worker.jobs.size === 0) this.#idles(worker);
    this.#pumpSoon();
  }

  /** A job came back from this worker unbegun: it waits again, unless it has ended meanwhile. */
  #returned(worker: PoolWorker, job: Job): void {
    if (job.state !== "settled") this.#waiting.unshift(job);
    this.#leaves(worker);
  }

  /** Lets workers go that are not needed any more. */
  #endIdle(): void {
    if (this.#isShutDown && this.#waiting.size > 0) return;
    this.#workers.endIdle(this.#isShutDown);
    this.#checkFinished();
  }

  #unfit(worker: PoolWorker, error: unknown): void {
    if (worker.state === "ending") return; // it was told to go while it started
    if (worker.controller.isGone) {
      this.#workers.starts.failed(worker.endedByItself);
      this.#giveUpIfHopeless(error);
    } else {
      this.#break("the initializer failed", error);
      worker.kill();
    }
    this.#notify(this.#startWaiters);
  }

  #giveUpIfHopeless(cause: unknown): void {
    const why = this.#workers.starts.hopeless(this.#isShutDown);
    if (why !== null) this.#break(why, cause);
  }

  #break(why: string, cause: unknown): void {
    if (this.#broken !== null) return;
    const error = new BrokenExecutorError(`The executor is broken: ${why}`, { cause });
    this.#broken = error;
    this.#waiting.endAll((job) => job.lost(error));
    this.#notifyRoom();
  }

  #gone(worker: PoolWorker, wasAsked: boolean): void {
    this.#workers.remove(worker);
    this.#notify(this.#startWaiters);
    this.#counts.alive = this.#workers.size;
    if (!wasAsked) this.#counts.lost++;
    if (worker.jobs.size > 0) this.#counts.busy--;
    this.#running -= worker.jobs.size;
    this.#counts.completed += worker.jobs.size;
    if (this.#waiting.size > 0) this.#pumpSoon();
    else if (this.#workers.size === 0) this.#hear(false);
    this.#checkFinished();
  }

  #stopAfter(timeout: number): void {
    const timer = setTimer(() => {
      this.#cancelWaiting();
      for (const worker of this.#workers) worker.stop();
    }, timeout);
    this.#finished.addDoneCallback(() => timer.cancel());
  }

  #cancelWaiting(): void {
    const reason = new CancelledError("The executor was shut down");
    this.#waiting.endAll((job) => job.cancel(reason));
    this.#workers.takeBackAll();
  }

  #checkFinished(): void {
    this.#noteIdle();
    if (!this.#isShutDown || this.#workers.size > 0 || this.#waiting.size > 0) return;
    if (this.#finished.done()) return;
    this.#workers.dispose();
    this.#finished.setResult();
  }

  #notifyRoom(): void {
    this.#noteIdle();
    this.#notify(this.#roomWaiters);
  }

  #notify(waiters: (() => void)[]): void {
    if (waiters.length > 0) waiters.splice(0).forEach((resolve) => resolve());
  }

  #noteIdle(): void {
    if (this.#waiting.size > 0) return;
    this.#gate?.rest();
    if (this.#running === 0) this.#notify(this.#idleWaiters);
  }

  /** Whether a thread that blocks for a result is heard by this pool. */
  #hear(hears: boolean): void {
    if (this.#hears === hears || this.reach !== "thread") return;
    this.#hears = hears;
    (hears ? addLocalPort : removeLocalPort)(this);
  }
}
