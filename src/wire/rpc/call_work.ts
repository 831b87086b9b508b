import type { Work } from "../../core/current.ts";
import { CancelledError, StoppedError } from "../../core/errors.ts";
import { stopAsked } from "../../shared/thread/stop_word.ts";

/** Why a stream is to end whose reader has left. A generator that throws it has done as it was asked, and has not failed. */
export class UnwantedError extends CancelledError {
  constructor() {
    super("No more items are wanted");
  }
}

/** What a running call needs of the worker that runs it. */
export interface CallRunner {
  /** Sees to urgent messages while the call does not return to the event loop. */
  poll(): void;
  /** Sends what the call tells of itself. */
  sendProgress(id: number, progress: unknown): void;
}

/** One call that is running on the far side, as `currentSignal()` and `checkpoint()` see it. */
export class CallWork implements Work {
  /** The number by which both sides know the call. */
  readonly id: number;
  context?: unknown;
  carried: Readonly<Record<string, unknown>> | undefined = undefined;
  readonly #runner: CallRunner;
  #controller: AbortController | null = null;
  #stopped = false;
  #reason: unknown;

  constructor(runner: CallRunner, id: number) {
    this.#runner = runner;
    this.id = id;
  }

  report(progress: unknown): void {
    this.#runner.sendProgress(this.id, progress);
  }

  /** Made when first asked for: most calls never look. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#stopped) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  checkpoint(): void {
    this.poll();
    if (this.#stopped) throw this.#reason;
  }

  /** Sees to urgent messages without throwing: whether it was asked to stop says its signal. */
  poll(): void {
    this.#runner.poll();
    if (this.isStopped || !stopAsked(this.id + 1)) return;
    this.#runner.poll(); // the word is set behind the message
    // A message that the platform has taken for its event is out of reach until the work returns to the event loop.
    if (!this.isStopped) this.stop(new StoppedError("This work was asked to stop"));
  }

  /** Whether it was asked to stop. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Asks the call to stop. */
  stop(reason: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
