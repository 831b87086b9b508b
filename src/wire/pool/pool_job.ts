import { reportRejection } from "../../core/returned.ts";
import { offAbort, onAbort } from "../../core/abort.ts";
import { show } from "../../core/check.ts";
import { type ClockTimer, now, setTimer } from "../../core/clock.ts";
import { WaitNode } from "../../core/collections/wait_list.ts";
import { Deadline } from "../../core/deadline.ts";
import { TimeoutError } from "../../core/errors.ts";
import { nameContext } from "../../core/inheritance.ts";
import { JobFuture } from "./job_future.ts";
import { captureCall, isMoving, type Job } from "./job.ts";
import { discardEncoded, type EncodedValue } from "../codec/codec.ts";
import { type AnyFunction, type Target, targetOf } from "../codec/portable.ts";
import type { PoolWorker } from "./pool_worker.ts";
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

/** What a job asks of its pool. */
export interface JobOwner {
  readonly reach: Reach;
  /** Takes a job back that no worker has begun; `false` when one has. */
  withdraw(job: PoolJob): boolean;
}

/**
 * One job of a pool, from its submission to its end.
 *
 *     waiting ──assigned──▶ on a worker ──▶ done | failed | lost
 *        │   ◀──taken back──     │
 *        └─ cancelled, too late  └─ stopped, timed out: settled at once, the worker follows
 */
export class PoolJob extends WaitNode<PoolJob> implements Job {
  readonly fn: AnyFunction;
  readonly target: Target;
  args: readonly unknown[];
  /** Its arguments as they were when it was submitted. */
  encoded: EncodedValue | null = null;
  readonly settings: JobSettings;
  readonly future: JobFuture<unknown>;
  readonly submittedAt: number;
  isChunk = false;
  /** The worker that has it, and the number by which that one's controller knows it. */
  worker: PoolWorker | null = null;
  id = -1;
  onItems: ((items: unknown[]) => void) | null = null;
  readonly carried: Record<string, unknown> | null;
  readonly #owner: JobOwner;
  #timer: ClockTimer | null = null;
  #onAbort: (() => void) | null = null;

  constructor(
    owner: JobOwner,
    fn: AnyFunction,
    args: unknown[],
    settings: JobSettings,
    submittedAt: number,
  ) {
    super();
    this.#owner = owner;
    this.fn = fn;
    this.target = targetOf(fn);
    this.args = args;
    this.settings = settings;
    this.submittedAt = submittedAt;
    this.carried = settings.context === true ? nameContext() : null;
    this.future = new JobFuture(this, owner.reach);
  }

  /** Takes the arguments as they are now, and moves what is to be moved; fails, and returns `false`, if they cannot cross. */
  capture(): boolean {
    try {
      this.encoded = captureCall(this.args, this.carried, this.#owner.reach);
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

  /** A worker has it: from here its own timeout counts. */
  begin(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const { timeout } = this.settings;
    if (timeout === undefined || timeout === Infinity) return;
    this.#timer = setTimer(() => {
      const error = new TimeoutError(`The job ran longer than ${timeout} ms`);
      this.failed(error);
      this.worker?.interrupt(this, error, true);
    }, timeout);
  }

  /** It was taken back before it began: its wait goes on, and its run has not started. */
  takenBack(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const { queueTimeout } = this.settings;
    if (queueTimeout === undefined) return;
    this.#boundWait(queueTimeout, Math.max(0, this.submittedAt + queueTimeout - now()));
  }

  onProgress(progress: unknown): void {
    if (this.future.done()) return;
    tellProgress(this.settings, progress);
  }

  done(value: unknown): void {
    this.#settle(() => this.future.setResult(value));
  }

  failed(error: unknown): void {
    this.#settle(() => this.future.setException(error));
  }

  lost(error: Error): void {
    this.failed(error);
  }

  /** Whether its worker has begun it. */
  get hasBegun(): boolean {
    return this.worker !== null && this.worker.hasBegun(this);
  }

  /** Whether a worker ever had it. */
  get wasSent(): boolean {
    return this.id >= 0;
  }

  /** Cancels it if no worker has begun it. */
  withdraw(reason: unknown): boolean {
    if (!this.#owner.withdraw(this)) return false;
    this.cancel(reason);
    return true;
  }

  /** Ends it before it began. */
  cancel(reason: unknown): void {
    this.#settle(() => this.future.cancelWith(reason));
  }

  #boundWait(queueTimeout: number, left: number): void {
    if (queueTimeout === Infinity) return;
    this.#timer = setTimer(() => {
      if (!this.#owner.withdraw(this)) return;
      this.failed(new TimeoutError(`No worker took the job within ${queueTimeout} ms`));
    }, left);
  }

  #abort(reason: unknown): void {
    if (this.withdraw(reason)) return;
    this.cancel(reason);
    this.worker?.interrupt(this, reason, false);
  }

  /** However many ends come, the first counts. */
  #settle(settle: () => void): void {
    if (this.future.done()) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#onAbort !== null) {
      offAbort(this.settings.signal, this.#onAbort);
      this.#onAbort = null;
    }
    settle();
    if (this.encoded === null) return;
    // What set out with a message that nobody has read is brought back.
    if (this.worker === null) discardEncoded(this.encoded);
    this.encoded = null;
  }
}

/** Refuses settings that cannot be meant, before anything is changed. */
export function checkSettings(settings: JobSettings): void {
  Deadline.after(settings.timeout, "timeout");
  Deadline.after(settings.queueTimeout, "queueTimeout");
  const { priority } = settings;
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`Cannot use priority ${priority}: give a finite number`);
  }
  if (settings.signal !== undefined && !(settings.signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot use signal ${show(settings.signal)}: give an AbortSignal`);
  }
}

/** Tells who asked for progress. */
export function tellProgress(settings: JobSettings, progress: unknown): void {
  const report = (error: unknown): void => console.error("An onProgress callback failed:", error);
  try {
    reportRejection(settings.onProgress?.(progress), report);
  } catch (error) {
    report(error);
  }
}
