import { offAbort, onAbort } from "../abort.ts";
import { type AbortTarget, watchAbort } from "../abort_watch.ts";
import { currentWork } from "../current.ts";
import { checkWaitOptions, type WaitOptions } from "../deadline.ts";
import { CancelledError } from "../errors.ts";
import { PromisedWait, waitingWork } from "./promised_wait.ts";
import { stopLine, Stoppable } from "./stop_line.ts";
import { granted, type Source } from "./withdrawable.ts";

/** What a wait that is begun is given. It is asked while the wait begins: later it knows of no abort that came before. */
export interface Leave {
  /**
   * Aborts when the wait is to end: it is withdrawn, the caller's own signal aborted, or the work that waits was stopped.
   *
   * @throws the reason, if that work was stopped before.
   */
  readonly signal: AbortSignal;
  /**
   * Has `target` told in place of the signal, which is dear.
   *
   * @returns `false` where the signal must be listened to.
   * @throws the reason, if that work was stopped before.
   */
  tell?(target: AbortTarget): boolean;
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
  /**
   * Has the wait end as soon as it is withdrawn, though the reply comes later: what that grants goes back. Called
   * with the promise of when that is over.
   */
  readonly answersLate?: ((over: Promise<void>) => void) | undefined;
}

/** The signal of one wait, made when it is first asked for: many waits end at once. */
class LeaveSignal extends Stoppable implements Leave {
  readonly #own: AbortSignal | undefined;
  #controller: AbortController | null = null;
  /** What is told in place of the signal. */
  #target: AbortTarget | null = null;
  /** Called when the caller's own signal aborts; `null` while nothing is to be told. */
  #aborted: (() => void) | null = null;

  constructor(own: AbortSignal | undefined) {
    super();
    this.#own = own;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#listen();
      this.#controller = new AbortController();
    }
    return this.#controller.signal;
  }

  tell(target: AbortTarget): true {
    this.#listen();
    this.#target = target;
    return true;
  }

  /** Has whatever listens leave. */
  abort(reason: unknown): void {
    const target = this.#target;
    this.#target = null;
    this.#controller?.abort(reason);
    target?.aborted({ reason });
  }

  override stopped(reason: unknown): void {
    this.abort(reason);
  }

  /** Nobody leaves any more. */
  end(): void {
    this.#target = null;
    this.list?.remove(this);
    if (this.#aborted !== null) offAbort(this.#own, this.#aborted);
  }

  /** Hears of the caller's own signal, and of the work's. */
  #listen(): void {
    if (this.list === null) {
      // A task withdraws its waits by itself; other work that is asked to stop aborts its signal.
      const work = waitingWork() === null ? currentWork()?.signal : undefined;
      if (work !== undefined) {
        work.throwIfAborted();
        stopLine(work).push(this);
      }
    }
    if (this.#own === undefined || this.#aborted !== null) return;
    onAbort(this.#own, this.#aborted = () => this.abort(this.#own!.reason));
  }
}

/** A wait that is done by something which listens to a signal. */
class SignalledWait<T> extends PromisedWait<T> {
  readonly #leave: LeaveSignal;
  /** What it is told to leave with, made when it is: an error costs as much as the rest of a wait. */
  #reason: CancelledError | null = null;
  readonly #answersLate: ((over: Promise<void>) => void) | undefined;
  /** When what was asked has answered. */
  readonly #over: Promise<void>;
  /** Whether it has ended before. */
  #left = false;

  constructor(
    outcome: Promise<T>,
    leave: LeaveSignal,
    { source = null, answersLate }: WaitCall<T>,
  ) {
    super(source);
    this.#leave = leave;
    this.#answersLate = answersLate;
    this.#over = outcome.then((value) => {
      leave.end();
      if (this.#left) this.giveBack(value);
      else this.grant(value);
    }, (error) => {
      leave.end();
      if (this.#left) return; // nothing was granted
      if (this.#reason !== null && error === this.#reason) this.withdrawn();
      else this.fail(error);
    });
    this.begin();
  }

  protected override leave(): void {
    this.#leave.abort(this.#reason = new CancelledError());
    if (this.#answersLate === undefined) return;
    this.#left = true;
    this.#answersLate(this.#over);
    this.withdrawn();
  }
}

/** Begins a wait that can be withdrawn, and returns its promise; wrong options reject it. */
export function withdrawable<T>(begin: Begin<T>, call: WaitCall<T>): Promise<T> {
  const { options } = call;
  const leave = new LeaveSignal(options?.signal);
  let outcome: T | PromiseLike<T>;
  try {
    checkWaitOptions(options, call.call);
    options?.signal?.throwIfAborted();
    outcome = begin(leave);
  } catch (error) {
    leave.end();
    return Promise.reject(error);
  }
  if (outcome instanceof Promise) return new SignalledWait(outcome, leave, call).promise;
  leave.end();
  return granted(outcome as T, call.source);
}

/**
 * Waits for `deed`, which cannot be taken back, but no longer than until the caller leaves; what it gives then is made by
 * `done`.
 */
export function unlessLeft<T>(
  deed: Promise<unknown>,
  leave: Leave,
  done: () => T,
): Promise<T> {
  return new Promise<void>((resolve, reject) => {
    const end = (): void => resolve();
    deed.then(end, reject);
    tellLeft(leave, { aborted: end });
  }).then(done); // once, though the deed may be done after the caller has left
}

/**
 * Has `target` told when the caller leaves.
 *
 * @throws the reason, if the work that waits was stopped before.
 */
export function tellLeft(leave: Leave, target: AbortTarget): void {
  if (leave.tell?.(target) !== true) watchAbort(leave.signal, target);
}
