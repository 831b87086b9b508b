import { Deadline, Future, TimeoutError, type WaitOptions } from "../core/mod.ts";
import { hearUntil } from "./near_ports.ts";
import type { Reach } from "./transport.ts";

/** A job that can be taken back. */
export interface Withdrawable {
  /** Cancels it if no worker has begun it. */
  withdraw(reason: unknown): boolean;
}

/** The future of a pool's job. */
export class JobFuture<T> extends Future<T> {
  readonly #job: Withdrawable;
  readonly #reach: Reach;

  constructor(job: Withdrawable, reach: Reach) {
    super();
    this.#job = job;
    this.#reach = reach;
  }

  /** Cancels the job if no worker has begun it. */
  override cancel(message?: string): boolean {
    return this.done() ? this.cancelled() : this.#job.withdraw(message);
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
