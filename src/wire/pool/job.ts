/**
 * One job of a pool and its one state machine.
 *
 *     state     event                          becomes    and
 *     waiting   sent: a worker gets it         sent       its queue timeout ends, its timeout begins
 *               settled: cancelled, too late   settled
 *     sent      returned: it was taken back    waiting    its timeout ends, its queue timeout goes on
 *               the worker begins it           running
 *               settled: any outcome           settled
 *     running   settled: any outcome           settled
 *     settled   anything                       settled    nothing: the first end counts
 *
 * - A worker says on shared memory that it begins a job, which costs it nothing; so `running` is read there when
 *   somebody asks, and taking back is one compare-exchange against it: a job is begun or taken back, never both.
 * - A job that timed out or was aborted is settled at once, while its worker still has it: `worker` tells.
 */
import { offAbort, onAbort } from "../../core/abort.ts";
import { show } from "../../core/check.ts";
import { type ClockTimer, now, setTimer } from "../../core/clock.ts";
import { WaitNode } from "../../core/collections/wait_list.ts";
import { checkWaitOptions, Deadline, type WaitOptions } from "../../core/deadline.ts";
import { TimeoutError } from "../../core/errors.ts";
import { Future, type FutureState } from "../../core/future.ts";
import { nameContext } from "../../core/inheritance.ts";
import type { ChunkCalls } from "../../core/mapping/chunk.ts";
import { reportRejection } from "../../core/returned.ts";
import {
  captureArguments,
  captureCalls,
  discardEncoded,
  type EncodedValue,
  isMoving,
} from "../codec/codec.ts";
import { type AnyFunction, type Target, targetOf } from "../codec/portable.ts";
import type { Call } from "../rpc/call.ts";
import { hearUntil } from "../rpc/local_ports.ts";
import type { Reach } from "../rpc/transport.ts";

const NONE: readonly unknown[] = [];

/** What one job can be given beside its arguments. */
export interface JobSettings {
  /** Aborting it takes the job back while it waits, and asks it to stop once it runs. */
  signal?: AbortSignal;
  /** The longest run in milliseconds, counted from the job's start. */
  timeout?: number;
  /** The longest wait for a worker in milliseconds. */
  queueTimeout?: number;
  /** Jobs with a higher priority are begun first; default 0. */
  priority?: number;
  /** Told what the job tells of itself by `reportProgress`; what it throws is reported. */
  onProgress?: (progress: unknown) => void;
  /** Whether the values of context variables go along, found by their names there; default false. */
  context?: boolean;
  /** What is moved to the worker instead of copied. */
  transfer?: Transferable[];
}

/** Beside its arguments, what makes a job more than one call with one result. */
export interface JobKind {
  /** For a generator: told of each item. */
  readonly onItems?: (items: unknown[]) => void;
  /** Whether its arguments are those of many calls, `ChunkCalls`. */
  readonly isChunk?: boolean;
}

/** Where a job stands. */
export type JobState = "waiting" | "sent" | "running" | "settled";

/** What a job asks of its pool. */
export interface JobOwner {
  /** Whether the job's thread does not need this thread's event loop, so that it can be blocked for. */
  readonly canBlock: boolean;
  /** Takes a job away from where it stands, unless a worker has begun it; returns whether it did. */
  withdraw(job: Job): boolean;
}

/** What has a job, as the job sees it: a worker, or this thread. */
export interface JobWorker {
  /** Whether it has begun the job. */
  hasBegun(job: Job): boolean;
  /** Takes the job back, unless it has begun it; returns whether it did. */
  takeBack(job: Job): boolean;
  /** Asks the job to stop; `atOnce`: a process is ended for it. */
  interrupt(job: Job, reason: unknown, atOnce: boolean): void;
  /** The reader of the job's items took so many. */
  taken?(job: Job, count: number): void;
  /** The reader of the job's items wants no more. */
  finish?(job: Job): void;
}

/** See the head of this file. */
export class Job extends WaitNode<Job> implements Call {
  readonly fn: AnyFunction;
  args: readonly unknown[];
  /** Its arguments as they were when it was submitted. */
  encoded: EncodedValue | null = null;
  readonly settings: JobSettings;
  readonly future: JobFuture<unknown>;
  readonly submittedAt: number;
  readonly isChunk: boolean;
  readonly onItems: ((items: unknown[]) => void) | null;
  /** Values of context variables that go along. */
  carried: Record<string, unknown> | undefined = undefined;
  /** The worker that has it, and the number by which that one's controller knows it. */
  worker: JobWorker | null = null;
  id = -1;
  #state: "waiting" | "sent" | "settled" = "waiting";
  readonly #owner: JobOwner;
  #timer: ClockTimer | null = null;
  #onAbort: (() => void) | null = null;

  constructor(
    owner: JobOwner,
    fn: AnyFunction,
    args: unknown[],
    settings: JobSettings,
    submittedAt: number,
    kind: JobKind = {},
  ) {
    super();
    this.#owner = owner;
    this.fn = fn;
    this.args = args;
    this.settings = settings;
    this.submittedAt = submittedAt;
    this.isChunk = kind.isChunk ?? false;
    this.onItems = kind.onItems ?? null;
    this.future = this.makeFuture(owner.canBlock);
  }

  /** The future that tells of it; a job with more to tell makes another. */
  protected makeFuture(canBlock: boolean): JobFuture<unknown> {
    return new JobFuture(this, canBlock);
  }

  get target(): Target {
    return targetOf(this.fn);
  }

  /** Where it stands. */
  get state(): JobState {
    if (this.#state !== "sent") return this.#state;
    return this.worker !== null && this.worker.hasBegun(this) ? "running" : "sent";
  }

  /** Takes the arguments as they are now, and moves what is to be moved; fails, and returns `false`, if they cannot cross. */
  capture(reach: Reach): boolean {
    try {
      if (this.settings.context === true) this.carried = nameContext() ?? undefined;
      this.encoded = this.isChunk && this.carried === undefined
        ? captureCalls(this.args as unknown as ChunkCalls, reach)
        : captureArguments(this.args, this.carried, reach);
    } catch (error) {
      this.failed(error);
    }
    this.args = NONE;
    return this.encoded !== null;
  }

  /** Whether something is moved with it: a worker that has it must begin it. */
  get isMoving(): boolean {
    return isMoving(this.encoded);
  }

  /** Begins to watch the bounds of its wait. */
  watch(): void {
    const { signal, queueTimeout } = this.settings;
    if (signal !== undefined) {
      this.#onAbort = () => this.#abort(signal.reason);
      onAbort(signal, this.#onAbort);
    }
    if (queueTimeout !== undefined) this.#boundWait(queueTimeout, queueTimeout);
  }

  /** `worker` has it, by that number: from here its own timeout counts. */
  sent(worker: JobWorker, id: number): void {
    this.worker = worker;
    this.id = id;
    if (this.#state !== "waiting") return;
    this.#state = "sent";
    this.#stopTimer();
    const { timeout } = this.settings;
    if (timeout === undefined || timeout === Infinity) return;
    this.#timer = setTimer(() => {
      const error = new TimeoutError(`The job ran longer than ${timeout} ms`);
      this.failed(error);
      this.worker?.interrupt(this, error, true);
    }, timeout);
  }

  /** It was taken back before it began: its wait goes on, and its run has not started. */
  returned(): void {
    this.worker = null;
    if (this.#state !== "sent") return;
    this.#state = "waiting";
    this.#stopTimer();
    const { queueTimeout } = this.settings;
    if (queueTimeout === undefined) return;
    this.#boundWait(queueTimeout, Math.max(0, this.submittedAt + queueTimeout - now()));
  }

  onProgress(progress: unknown): void {
    if (this.#state !== "settled") tellProgress(this.settings, progress);
  }

  done(value: unknown): void {
    if (!this.#settles()) return;
    this.future.setResult(value);
    this.#dropArguments();
  }

  failed(error: unknown): void {
    if (!this.#settles()) return;
    this.future.setException(error);
    this.#dropArguments();
  }

  lost(error: Error): void {
    this.failed(error);
  }

  /** Ends it as cancelled, whatever its worker does. */
  cancel(reason: unknown): void {
    if (!this.#settles()) return;
    this.future.cancelWith(reason);
    this.#dropArguments();
  }

  /** Cancels it if no worker has begun it. */
  withdraw(reason: unknown): boolean {
    if (this.#state === "settled" || !this.#owner.withdraw(this)) return false;
    this.cancel(reason);
    return true;
  }

  #boundWait(queueTimeout: number, left: number): void {
    if (queueTimeout === Infinity) return;
    this.#timer = setTimer(() => {
      if (!this.#owner.withdraw(this)) return;
      this.failed(new TimeoutError(`The job did not begin within ${queueTimeout} ms`));
    }, left);
  }

  #abort(reason: unknown): void {
    if (this.withdraw(reason)) return;
    this.cancel(reason);
    this.worker?.interrupt(this, reason, false);
  }

  /** Leaves for the last state; `false` when it is there already. */
  #settles(): boolean {
    if (this.#state === "settled") return false;
    this.#state = "settled";
    this.#stopTimer();
    if (this.#onAbort !== null) {
      offAbort(this.settings.signal, this.#onAbort);
      this.#onAbort = null;
    }
    return true;
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** What set out with a message that nobody has read is brought back. */
  #dropArguments(): void {
    if (this.encoded === null) return;
    if (this.worker === null) discardEncoded(this.encoded);
    this.encoded = null;
  }
}

/** The future of a job: it shows where the job stands, and cancelling it withdraws the job. */
export class JobFuture<T> extends Future<T> {
  readonly #job: Pick<Job, "state" | "id" | "withdraw">;
  readonly #canBlock: boolean;

  constructor(job: Pick<Job, "state" | "id" | "withdraw">, canBlock: boolean) {
    super();
    this.#job = job;
    this.#canBlock = canBlock;
  }

  /** Running from the moment at which a worker has begun the job. */
  override get state(): FutureState {
    const state = super.state;
    return state === "pending" && this.#job.state === "running" ? "running" : state;
  }

  /** Whether a worker is doing it right now. */
  override running(): boolean {
    return this.state === "running";
  }

  /** Whether a worker ever had the job; one that has not failed of its arguments. */
  get wasSent(): boolean {
    return this.#job.id >= 0;
  }

  /** Cancels the job if no worker has begun it. */
  override cancel(message?: string): boolean {
    return this.done() ? this.cancelled() : this.#job.withdraw(message);
  }

  /** Blocks this thread for the result of a job on a thread. */
  override resultSync(options: WaitOptions = {}): T {
    if (!this.#canBlock) return super.resultSync(options);
    checkWaitOptions(options, "resultSync()");
    const deadline = Deadline.after(options.timeout);
    options.signal?.throwIfAborted();
    if (!hearUntil(() => this.done(), deadline)) {
      throw new TimeoutError(`The job did not end within ${options.timeout} ms`);
    }
    return this.result();
  }

  /** Ends it as cancelled, with what the waiters get. */
  cancelWith(reason: unknown): void {
    this.settleCancelled(reason);
  }
}

/** Refuses settings that cannot be meant, before anything is changed. */
export function checkSettings(settings: JobSettings): void {
  Deadline.after(settings.timeout, "timeout");
  Deadline.after(settings.queueTimeout, "queueTimeout");
  const { priority, transfer } = settings;
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`Cannot use priority ${show(priority)}: give a finite number`);
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`Cannot use transfer ${show(transfer)}: give an array of what is moved`);
  }
  if (settings.signal !== undefined && !(settings.signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot use signal ${show(settings.signal)}: give an AbortSignal`);
  }
}

/**
 * Settings that need a server, which stores the jobs and is there for all who submit them; and what to do in their place.
 */
const STORED: readonly (readonly [name: string, instead: string])[] = [
  ["retries", "submit the job again when it fails"],
  ["limit", "take a Semaphore inside the job, or give these jobs an executor with as few workers"],
  ["delay", "submit the job later"],
  ["key", "keep the job's future by its key and await that"],
];

/**
 * As `checkSettings`, for jobs that no server stores. What needs one is refused: passed over, a job would fail at its
 * first attempt, run at once, or run twice.
 */
export function checkLocalSettings(settings: JobSettings): void {
  checkSettings(settings);
  for (const [name, instead] of STORED) {
    const value = (settings as Record<string, unknown>)[name];
    if (value === undefined) continue;
    throw new TypeError(
      `Cannot use ${name} ${
        show(value)
      }: only a NatsExecutor can, whose server stores the jobs; ${instead}`,
    );
  }
}

/** Tells who asked for progress. */
function tellProgress(settings: JobSettings, progress: unknown): void {
  const report = (error: unknown): void => console.error("An onProgress callback failed:", error);
  try {
    reportRejection(settings.onProgress?.(progress), report);
  } catch (error) {
    report(error);
  }
}
