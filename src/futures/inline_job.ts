import { offAbort, onAbort } from "../core/abort.ts";
import { type ClockTimer, now, realClock, setTimer } from "../core/clock.ts";
import { WaitNode } from "../core/collections/wait_list.ts";
import type { Work } from "../core/current.ts";
import { TimeoutError } from "../core/errors.ts";
import { Future } from "../core/future.ts";
import { type CallerContext, captureFlow, inheritContext } from "../core/inheritance.ts";
import { type JobSettings, tellProgress } from "../wire/pool/job.ts";

/** How long a job that was asked to stop may go on before its place is given to another, in milliseconds. */
const STOP_GRACE = 1_000;

/** One job of this thread, which is also what `currentSignal()` and `checkpoint()` find while it runs. */
export class InlineJob extends WaitNode<InlineJob> implements Work {
  readonly future: Future<unknown>;
  readonly run: () => unknown;
  readonly submittedAt: number = now();
  context: unknown = inheritContext();
  /** What flows where it was submitted; `null`: nothing. */
  readonly flow: CallerContext | null = captureFlow();
  readonly settings: JobSettings;
  readonly #controller = new AbortController();
  /** Called when it was asked to stop and has not ended within the grace. */
  onGivenUp: (() => void) | null = null;
  #timer: ClockTimer | null = null;
  #grace: ClockTimer | null = null;
  #onAbort: (() => void) | null = null;

  constructor(run: () => unknown, settings: JobSettings, withdraw: (job: InlineJob) => boolean) {
    super();
    this.run = run;
    this.settings = settings;
    this.future = new InlineFuture((reason) => {
      if (!withdraw(this)) return false;
      this.cancel(reason);
      return true;
    });
    const { signal, queueTimeout } = settings;
    if (signal !== undefined) {
      this.#onAbort = () => this.#abort(signal.reason, withdraw(this));
      onAbort(signal, this.#onAbort);
    }
    if (queueTimeout !== undefined && queueTimeout !== Infinity) {
      this.#timer = setTimer(() => {
        if (!withdraw(this)) return;
        this.settle(() =>
          this.future.setException(
            new TimeoutError(`The job did not begin within ${queueTimeout} ms`),
          )
        );
      }, queueTimeout);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  checkpoint(): void {
    this.#controller.signal.throwIfAborted();
  }

  report(progress: unknown): void {
    tellProgress(this.settings, progress);
  }

  begin(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.future.setRunning();
    const { timeout } = this.settings;
    if (timeout === undefined || timeout === Infinity) return;
    this.#timer = setTimer(() => {
      const error = new TimeoutError(`The job ran longer than ${timeout} ms`);
      this.settle(() => this.future.setException(error));
      this.stop(error);
    }, timeout);
  }

  /** It has ended, whatever its future says. */
  end(): void {
    this.#grace?.cancel();
    this.#grace = null;
    this.onGivenUp = null;
  }

  cancel(reason: unknown): void {
    this.settle(() => (this.future as InlineFuture).cancelWith(reason));
  }

  /** However many ends come, the first counts. */
  settle(settle: () => void): void {
    if (this.future.done()) return;
    this.#timer?.cancel();
    if (this.#onAbort !== null) offAbort(this.settings.signal, this.#onAbort);
    settle();
  }

  #abort(reason: unknown, waited: boolean): void {
    this.cancel(reason);
    if (!waited) this.stop(reason);
  }

  /** Asks it to stop, while it runs. */
  stop(reason: unknown): void {
    this.#grace ??= realClock.setTimer(() => {
      this.settle(() => this.future.setException(reason));
      this.onGivenUp?.();
    }, STOP_GRACE);
    this.#controller.abort(reason);
  }
}

class InlineFuture extends Future<unknown> {
  readonly #withdraw: (reason?: string) => boolean;

  constructor(withdraw: (reason?: string) => boolean) {
    super();
    this.#withdraw = withdraw;
  }

  override cancel(message?: string): boolean {
    return this.done() ? this.cancelled() : this.#withdraw(message);
  }

  cancelWith(reason: unknown): void {
    this.settleCancelled(reason);
  }
}
