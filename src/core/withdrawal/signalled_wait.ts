import { offAbort, onAbort } from "../abort.ts";
import { currentWork } from "../current.ts";
import { checkWaitOptions, type WaitOptions } from "../deadline.ts";
import { CancelledError } from "../errors.ts";
import { PromisedWait, waitingWork } from "./promised_wait.ts";
import type { Source } from "./withdrawable.ts";

/** What a wait that is begun is given. */
export interface Leave {
  /** Aborts when the wait is to end: it is withdrawn, the caller's own signal aborted, or the work that waits was stopped. */
  readonly signal: AbortSignal;
}

/** How a wait is begun, which leaves when its signal aborts: its promise then rejects with the signal's reason. */
export type Begin<T> = (leave: Leave) => T | PromiseLike<T>;

/** What a wait was called with. */
export interface WaitCall<T> {
  /** The caller's options; the timeout is for whoever begins the wait. */
  readonly options?: WaitOptions | undefined;
  /** What waits, as an error names it: `"Lock.acquire()"`. */
  readonly call: string;
  /** Where a grant goes back to that nobody uses; by default a guard is disposed, and all else dropped. */
  readonly source?: Source<T> | null;
}

/** A wait that is done by something which listens to a signal. */
class SignalledWait<T> extends PromisedWait<T> implements Leave {
  readonly #signals: readonly (AbortSignal | undefined)[];
  /** Made when it is first asked for: many waits end at once. */
  #controller: AbortController | null = null;
  #reason: CancelledError | null = null;

  constructor(begin: Begin<T>, { options, call, source = null }: WaitCall<T>) {
    super(source);
    const own = options?.signal;
    // A task withdraws its waits by itself; other work that is asked to stop aborts its signal.
    const work = waitingWork() === null ? currentWork()?.signal : undefined;
    this.#signals = [own, work];
    let outcome: T | PromiseLike<T>;
    try {
      checkWaitOptions(options, call);
      own?.throwIfAborted();
      work?.throwIfAborted();
      outcome = begin(this);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (!isPromise(outcome)) {
      this.#end();
      this.grant(outcome);
      return;
    }
    outcome.then((value) => {
      this.#end();
      this.grant(value);
    }, (error) => {
      this.#end();
      if (error === this.#reason) this.withdrawn();
      else this.fail(error);
    });
    this.begin();
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      for (const each of this.#signals) onAbort(each, this.#aborted);
    }
    return this.#controller.signal;
  }

  protected override leave(): void {
    this.#reason = new CancelledError();
    this.#controller?.abort(this.#reason);
  }

  readonly #aborted = (): void => {
    const { reason } = this.#signals.find((each) => each?.aborted)!;
    this.#controller!.abort(reason);
  };

  #end(): void {
    if (this.#controller === null) return;
    for (const each of this.#signals) offAbort(each, this.#aborted);
  }
}

/** Begins a wait that can be withdrawn, and returns its promise; wrong options reject it. */
export function withdrawable<T>(begin: Begin<T>, call: WaitCall<T>): Promise<T> {
  return new SignalledWait(begin, call).promise;
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return value instanceof Promise;
}
