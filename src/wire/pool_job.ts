import {
  type ClockTimer,
  Deadline,
  Future,
  setTimer,
  TimeoutError,
  type WaitOptions,
} from "../core/mod.ts";
import { hearUntil } from "./near_ports.ts";
import type { Job } from "./job.ts";
import { type AnyFunction, type Target, targetOf } from "./portable.ts";
import type { Reach } from "./transport.ts";

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
  /** What is moved to the worker instead of copied. */
  transfer?: Transferable[];
}

/** The future of a pool's job. */
export class JobFuture<T> extends Future<T> {
  readonly #reach: Reach;
  readonly #withdraw: (message?: string) => boolean;

  /** `withdraw` cancels the job if no worker has begun it. */
  constructor(reach: Reach, withdraw: (message?: string) => boolean) {
    super();
    this.#reach = reach;
    this.#withdraw = withdraw;
  }

  /** Cancels the job if no worker has begun it. */
  override cancel(message?: string): boolean {
    return this.done() ? this.cancelled() : this.#withdraw(message);
  }

  /** Blocks this thread for the result of a job on a thread. */
  override resultSync(options: WaitOptions = {}): T {
    if (this.#reach !== "thread") return super.resultSync(options);
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

/** What a job asks of its pool. */
export interface JobOwner {
  readonly reach: Reach;
  /** Takes a job back that no worker has begun; `false` when one has. */
  withdraw(job: PoolJob): boolean;
  /** Asks a job that runs to stop; the pool sees to it that its worker becomes free. */
  interrupt(job: PoolJob, reason: unknown, atOnce: boolean): void;
}

/**
 * One job of a pool, from its submission to its end.
 *
 *     waiting ──assigned──▶ on a worker ──▶ done | failed | lost
 *        │   ◀──taken back──     │
 *        └─ cancelled, too late  └─ stopped, timed out: settled at once, the worker follows
 */
export class PoolJob implements Job {
  readonly fn: AnyFunction;
  readonly target: Target;
  readonly args: unknown[];
  readonly settings: JobSettings;
  readonly future: JobFuture<unknown>;
  readonly submittedAt: number;
  isChunk = false;
  onItems: ((items: unknown[]) => void) | null = null;
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
    this.#owner = owner;
    this.fn = fn;
    this.target = targetOf(fn);
    this.args = args;
    this.settings = settings;
    this.submittedAt = submittedAt;
    this.future = new JobFuture(owner.reach, (message) => {
      if (!owner.withdraw(this)) return false;
      this.cancel(message);
      return true;
    });
  }

  /** Begins to watch the bounds of its wait. */
  watch(): void {
    const { signal, queueTimeout } = this.settings;
    if (signal !== undefined) {
      this.#onAbort = () => this.#abort(signal.reason);
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    if (queueTimeout !== undefined && queueTimeout !== Infinity) {
      this.#timer = setTimer(() => {
        if (!this.#owner.withdraw(this)) return;
        this.#settle(() =>
          this.future.setException(
            new TimeoutError(`No worker took the job within ${queueTimeout} ms`),
          )
        );
      }, queueTimeout);
    }
  }

  /** A worker has it: from here its own timeout counts. */
  begin(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.future.state === "pending") this.future.setRunning();
    const { timeout } = this.settings;
    if (timeout === undefined || timeout === Infinity) return;
    this.#timer = setTimer(() => {
      const error = new TimeoutError(`The job ran longer than ${timeout} ms`);
      this.failed(error);
      this.#owner.interrupt(this, error, true);
    }, timeout);
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

  /** Ends it before it began. */
  cancel(reason: unknown): void {
    this.#settle(() => this.future.cancelWith(reason));
  }

  #abort(reason: unknown): void {
    if (this.#owner.withdraw(this)) return this.cancel(reason);
    this.cancel(reason);
    this.#owner.interrupt(this, reason, false);
  }

  /** However many ends come, the first counts. */
  #settle(settle: () => void): void {
    if (this.future.done()) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#onAbort !== null) {
      this.settings.signal?.removeEventListener("abort", this.#onAbort);
      this.#onAbort = null;
    }
    settle();
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
    throw new TypeError(`Cannot use signal ${String(settings.signal)}: give an AbortSignal`);
  }
}
