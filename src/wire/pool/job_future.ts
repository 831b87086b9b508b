import { checkWaitOptions, Deadline, type WaitOptions } from "../../core/deadline.ts";
import { TimeoutError } from "../../core/errors.ts";
import { Future, type FutureState } from "../../core/future.ts";
import { hearUntil } from "../rpc/local_ports.ts";
import type { Reach } from "../rpc/transport.ts";

/** What the future needs of its job. */
export interface Withdrawable {
  /** Whether a worker has begun it. */
  readonly hasBegun: boolean;
  /** Whether a worker ever had it: its arguments could cross. */
  readonly wasSent: boolean;
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

  /** Where the job stands: running from the moment at which a worker has begun it. */
  override get state(): FutureState {
    this.#look();
    return super.state;
  }

  /** Whether a worker is doing it right now. */
  override running(): boolean {
    this.#look();
    return super.running();
  }

  /** Whether a worker ever had the job; one that has not failed of its arguments. */
  get wasSent(): boolean {
    return this.#job.wasSent;
  }

  /** Cancels the job if no worker has begun it. */
  override cancel(message?: string): boolean {
    return this.done() ? this.cancelled() : this.#job.withdraw(message);
  }

  /** Blocks this thread for the result of a job on a thread. */
  override resultSync(options: WaitOptions = {}): T {
    if (this.#reach !== "thread") return super.resultSync(options);
    checkWaitOptions(options, "resultSync()");
    const deadline = Deadline.after(options.timeout);
    options.signal?.throwIfAborted();
    if (!hearUntil(() => this.done(), deadline)) {
      throw new TimeoutError(`The job did not end within ${options.timeout} ms`);
    }
    return this.result();
  }

  /** The worker says on shared memory that it has begun, which costs it nothing; so whoever asks has to look. */
  #look(): void {
    if (super.state === "pending" && this.#job.hasBegun) this.setRunning();
  }

  /** Ends it as cancelled, with what the waiters get. */
  cancelWith(reason: unknown): void {
    this.settleCancelled(reason);
  }
}
