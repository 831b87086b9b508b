import { CancelledError } from "../core/mod.ts";
import { here } from "./here.ts";
import type { EventLoop } from "./event_loop.ts";
import { Operation } from "./operation.ts";
import type { Scope } from "./scope.ts";
import type { Task } from "./task.ts";

/** Something that a task waits for. */
export interface Cancellable {
  /** Ends the wait as cancelled; `false` when it has ended already. */
  cancel(message?: string): boolean;
  /** Whether its result has arrived and is only not handed over yet. */
  readonly arrived?: boolean;
  /** Whether only code of the loop can end it: no time, no promise, nothing from outside. */
  readonly closed?: boolean;
  /** The task on whose behalf it is done. */
  readonly host?: Task<unknown> | null;
}

/**
 * The part of a task that is interrupted: what it waits for, which cancels are due, and where they came from.
 *
 * | a cancel comes …                         | and then                                              |
 * | ---------------------------------------- | ----------------------------------------------------- |
 * | while it waits                           | what it waits for is cancelled                        |
 * | while it waits for something foreign     | its signal aborts, if it was given away for this wait |
 * | otherwise                                | it is due: the next wait is cancelled as it begins    |
 * | after a result arrived, before it ran on | asyncio's manner: the result is lost; trio's: kept    |
 */
export abstract class Interruptible<T> extends Operation<T> {
  #requests = 0;
  #mustCancel = false;
  /** Whether a result that comes before the next wait is older than the cancel that is due. */
  #resultStands = false;
  /** The pass in or after which the last wait ended. */
  #resumedIn = -1;
  #message: string | undefined = undefined;
  #wait: Cancellable | null = null;
  #waitScope: Scope | null = null;
  #moreWaits: Map<Cancellable, Scope | null> | undefined = undefined;
  #controller: AbortController | undefined = undefined;
  #signalGiven = false;
  #origin: Scope | null = null;
  /** The innermost cancel scope that the task is in. */
  scope: Scope | null = null;
  /** Trio's manners: a result that has arrived is not eaten by a cancel, and one cancelled at once still runs to its first wait. */
  readonly gentle: boolean;

  /** Makes work that has not begun. */
  constructor(loop: EventLoop, gentle: boolean) {
    super(loop, null);
    this.gentle = gentle;
  }

  /** Aborted when the task is cancelled, with the `CancelledError`; see `currentSignal()`. */
  get signal(): AbortSignal {
    this.#signalGiven = true;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#mustCancel) this.#controller.abort(new CancelledError(this.#message));
    }
    return this.#controller.signal;
  }

  /** Throws if a cancel is due: what `checkpoint()` does in a task. */
  checkpoint(): void {
    const error = this.takeCancel();
    if (error !== null) throw this.throwing(error);
    const due = this.scope?.due() ?? null;
    if (due === null) return;
    this.#origin = due;
    due.delivered();
    throw this.throwing(new CancelledError(due.reason));
  }

  /**
   * Asks the task to end: `CancelledError` is thrown at what it waits for.
   *
   * @param message becomes the error's message.
   * @returns `false` if it has ended already.
   */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.#requests++;
    this.interrupt(message);
    return true;
  }

  /** How many requests to cancel there are, less those taken back. */
  cancelling(): number {
    return this.#requests;
  }

  /**
   * Takes one request back, and answers how many are left. With none left, one that has not been
   * delivered yet is forgotten.
   */
  uncancel(): number {
    if (this.#requests > 0) this.#requests--;
    if (this.#requests === 0) this.#mustCancel = false;
    return this.#requests;
  }

  /** Ends what the task waits for, or has its next wait end at once. Does not count as a request. */
  interrupt(message?: string): void {
    this.#origin = null;
    const aborted = this.#abort(message);
    let ended = false;
    for (const [wait] of this.waits()) ended = this.#end(wait, message) || ended;
    if (ended || aborted) return;
    this.#resultStands = this.#resumedIn === this.getLoop().ready.passes && here.task !== this.host;
    this.#mustCancel = true;
    this.#message = message;
  }

  /** Ends the waits that were begun inside of `scope`, which has been cancelled. */
  interruptWithin(scope: Scope): void {
    let ended = false;
    for (const [wait, innermost] of this.waits()) {
      if (innermost === null || !innermost.cancelledBy(scope)) continue;
      this.#origin = scope;
      ended = this.#end(wait, scope.reason) || ended;
    }
    if (this.scope !== null && this.scope.cancelledBy(scope) && this.#controller !== undefined) {
      this.#origin = scope;
      ended = this.#abort(scope.reason) || ended;
    }
    if (ended) scope.delivered();
  }

  /** Notes that `scope` is left. */
  forgetOrigin(scope: Scope): void {
    if (this.#origin === scope) this.#origin = null;
  }

  /**
   * Notes that the task begins to wait, and ends the wait at once if a cancel is due.
   * @internal
   */
  beginWait(wait: Cancellable): void {
    // The work done on behalf of this task has waits of its own, which stand here already.
    if (wait.host === this.host && wait.host !== undefined) return;
    if (this.#wait === null) {
      this.#wait = wait;
      this.#waitScope = this.scope;
    } else {
      (this.#moreWaits ??= new Map()).set(wait, this.scope);
    }
    this.#signalGiven = false;
    if (this.#mustCancel) {
      if (wait.cancel(this.#message)) this.#mustCancel = false;
    } else if (this.scope !== null) {
      const due = this.scope.due();
      if (due === null) return;
      this.#origin = due;
      if (wait.cancel(due.reason)) due.delivered();
    }
  }

  /**
   * Notes that a wait is over.
   * @internal
   */
  endWait(wait: Cancellable): void {
    this.#resumedIn = this.getLoop().ready.passes;
    if (this.#wait === wait) this.#wait = null;
    else this.#moreWaits?.delete(wait);
  }

  /** The error to throw in the place of a result that has arrived, if a cancel came in between; asyncio's manner. */
  takeCancelAtWake(): CancelledError | null {
    return this.gentle ? null : this.takeCancel();
  }

  /** The error to throw in the body in place of `error`; tells the scopes that it is on its way. */
  throwing(error: unknown): unknown {
    if (this.scope === null || !(error instanceof CancelledError)) return error;
    const instead = this.#origin === null ? error : this.#origin.throwing(error);
    for (let each: Scope | null = this.scope; each !== null; each = each.around) each.sawCancel();
    return instead;
  }

  /** Whether the task waits for something of this package. */
  get waiting(): boolean {
    return this.#wait !== null || (this.#moreWaits?.size ?? 0) > 0;
  }

  /** Whether only code of its loop can end what it waits for. */
  override get closed(): boolean {
    // Another task of the loop is asked by itself.
    return this.waiting &&
      this.waits().every(([wait]) =>
        wait instanceof Interruptible ? wait.getLoop() === this.getLoop() : wait.closed === true
      );
  }

  /** Aborts the signal; answers whether somebody was given it for what is waited for now. */
  #abort(message: string | undefined): boolean {
    const controller = this.#controller;
    if (controller === undefined) return false;
    const given = this.#signalGiven;
    this.#controller = undefined;
    this.#signalGiven = false;
    controller.abort(this.throwing(new CancelledError(message)));
    return given;
  }

  #end(wait: Cancellable, message: string | undefined): boolean {
    return !(this.gentle && wait.arrived) && wait.cancel(message);
  }

  /** The error of a cancel that is due when the body has returned; `null` also when the body had run on before it came. */
  protected takeCancelAtEnd(): CancelledError | null {
    return this.#resultStands ? null : this.takeCancel();
  }

  /** The error of a cancel that is due and has reached nobody yet; it counts as delivered then. */
  protected takeCancel(): CancelledError | null {
    if (!this.#mustCancel) return null;
    this.#mustCancel = false;
    return new CancelledError(this.#message);
  }

  /**
   * What it waits for, and the scope in which each wait began.
   * @internal
   */
  protected waits(): [Cancellable, Scope | null][] {
    const all: [Cancellable, Scope | null][] = [...this.#moreWaits ?? []];
    if (this.#wait !== null) all.push([this.#wait, this.#waitScope]);
    return all;
  }
}
