import { CancelledError } from "../../core/errors.ts";
import { here } from "../loop/running_loop.ts";
import { LoopFuture } from "./loop_future.ts";
import { Operation } from "./operation.ts";
import type { Cancellable, Loop } from "../loop/contract.ts";
import type { Scope } from "../scope/scope.ts";

/**
 * A cancel on its way from task to task: who is still to be asked, in pairs of task and message.
 *
 * Passed on in a list and not by calls within calls, since a chain of tasks may be longer than the stack is deep.
 */
let passing: unknown[] | null = null;
/** The number of the cancel that is on its way. */
let passage = 0;
/** Whether the wait that was just cancelled turned out to be one for the waiter itself. */
let ring = false;

/**
 * The part of a task that is interrupted: what it waits for, which cancels are due, and where they came from.
 *
 * | a cancel comes …                         | and then                                              |
 * | ---------------------------------------- | ----------------------------------------------------- |
 * | while it waits                           | what it waits for is cancelled                        |
 * | while it waits for something foreign     | its signal aborts, if it was given away for this wait |
 * | otherwise                                | it is due: the next wait is cancelled as it begins    |
 * | after a bare future's result arrived     | asyncio's manner: the result is lost; trio's: kept    |
 * | after the result of other work arrived   | it is due, and the result is kept: it may be a guard  |
 *
 * A cancel that is due when a `CancelledError` is thrown for another reason counts as delivered by it.
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
  /** Whether the wait that ends now was ended by a cancel of this task, and not as what it waited for. */
  #interrupted = false;
  /** The last cancel that was passed to it from another task, or by which it was asked. */
  #passage = 0;
  /** The innermost cancel scope that the task is in. */
  scope: Scope | null = null;
  /** Trio's manners: a result that has arrived is not eaten by a cancel, and one cancelled at once still runs to its first wait. */
  readonly gentle: boolean;

  /** Makes work that has not begun. */
  constructor(loop: Loop, gentle: boolean) {
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
    this.#interrupted = true;
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
   * Takes one request back, and returns how many are left. With none left, one that has not been
   * delivered yet is forgotten.
   */
  uncancel(): number {
    if (this.#requests > 0) this.#requests--;
    if (this.#requests === 0) this.#mustCancel = false;
    return this.#requests;
  }

  /** Ends what the task waits for, or has its next wait end at once. Does not count as a request. */
  interrupt(message?: string): void {
    if (passing !== null) {
      if (this.#passage !== passage) {
        this.#passage = passage;
        passing.push(this, message);
      } else ring ||= reaches(this, passing[0] as Cancellable);
      return;
    }
    passage++;
    this.#passage = passage;
    passing = [null, null, this, message];
    try {
      for (let at = 2; at < passing.length; at += 2) {
        passing[0] = passing[at];
        (passing[at] as Interruptible<unknown>).#interruptNow(
          passing[at + 1] as string | undefined,
        );
      }
    } finally {
      passing = null;
    }
  }

  #interruptNow(message: string | undefined): void {
    const aborted = this.#abort(message);
    let ended = false;
    let arrived = false;
    for (const [wait] of this.waits()) {
      if (this.#end(wait, message)) ended = true;
      else arrived ||= wait.arrived === true || LoopFuture.hasHandedOver(wait);
    }
    this.#message = message;
    if (ended || aborted) {
      this.#interrupted = true;
      this.#origin = null;
      return;
    }
    this.#resultStands = arrived ||
      (this.#resumedIn === this.getLoop().ready.passes && here.task !== this.host);
    this.#mustCancel = true;
  }

  /** Has a cancel that was caught and could not be told come again, at the next wait. */
  redeliver(): void {
    if (this.#origin !== null) return this.#origin.redeliver();
    this.#resultStands = false;
    this.#mustCancel = true;
  }

  /** Ends the waits that were begun inside of `scope`, which has been cancelled. */
  interruptWithin(scope: Scope): void {
    let ended = false;
    for (const [wait, innermost] of this.waits()) {
      if (innermost === null || !innermost.cancelledBy(scope)) continue;
      ended = this.#end(wait, scope.reason) || ended;
    }
    if (this.scope !== null && this.scope.cancelledBy(scope) && this.#controller !== undefined) {
      const before = this.#origin;
      this.#origin = scope;
      if (this.#abort(scope.reason)) ended = true;
      else this.#origin = before;
    }
    if (!ended) return;
    this.#interrupted = true;
    this.#origin = scope;
    scope.delivered();
  }

  /** Notes that `scope` is left. */
  forgetOrigin(scope: Scope): void {
    if (this.#origin === scope) this.#origin = null;
  }

  /**
   * Notes that the task begins to wait, and ends the wait at once if a cancel is due.
   *
   * @param scope the scope that the wait is in; default: the innermost one of the task.
   * @internal
   */
  beginWait(wait: Cancellable, scope: Scope | null = this.scope): void {
    if (this.done()) return; // what a task has left behind is nobody's
    // The work done on behalf of this task has waits of its own, which stand here already.
    if (wait.host === this.host && wait.host !== undefined) return;
    if (this.#wait === null) {
      this.#wait = wait;
      this.#waitScope = scope;
    } else {
      (this.#moreWaits ??= new Map()).set(wait, scope);
    }
    this.#signalGiven = false;
    this.#interrupted = false;
    if (this.#mustCancel) {
      const ended = wait.cancel(this.#message);
      this.#resultStands = !ended && (wait.arrived === true || LoopFuture.hasHandedOver(wait));
      if (!ended) return;
      this.#mustCancel = false;
      this.#interrupted = true;
      this.#origin = null;
    } else if (scope !== null) {
      const due = scope.due();
      if (due === null || !wait.cancel(due.reason)) return;
      this.#interrupted = true;
      this.#origin = due;
      due.delivered();
    }
  }

  /**
   * Notes that it has got a result without a wait: one that is returned stands against a cancel of the same pass.
   * @internal
   */
  noteResult(): void {
    this.#resumedIn = this.getLoop().ready.passes;
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

  /**
   * A cancel came too late for the wait that it was to end, which has done its deed: it is due at the next one.
   * @internal
   */
  missed(message: string | undefined): void {
    this.#interrupted = false;
    const origin = this.#origin;
    this.#origin = null;
    if (origin !== null) return origin.comesAgain();
    this.#message = message;
    this.#resultStands = true;
    this.#mustCancel = true;
  }

  /** The error to throw in the place of what `future` ended with, if a cancel came in between. */
  takeCancelAtWake(future: LoopFuture<unknown>): CancelledError | null {
    const kept = this.gentle || (future.handsOver && !future.cancelled());
    return kept ? null : this.takeCancel();
  }

  /** The error to throw in the body in place of `error`; tells the scopes that it is on its way. */
  throwing(error: unknown): unknown {
    if (!(error instanceof CancelledError)) return error;
    const origin = this.#origin;
    const instead = origin === null ? error : origin.throwing(error);
    // What it waited for may be cancelled by itself: that is no cancel of this task.
    if (!this.#interrupted) return instead;
    if (instead === error) this.#join(error);
    for (let each = this.scope; each !== null; each = each.around) each.sawCancel();
    return instead;
  }

  /** Cancels that came meanwhile and have reached nobody are told by the same error. */
  #join(error: CancelledError): void {
    this.#mustCancel = false;
    for (let each = this.scope; each !== null; each = each.around) {
      if (each !== this.#origin) each.joins(error);
      if (each.shield) return;
    }
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

  /** Aborts the signal; returns whether somebody was given it for what is waited for now. */
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
    if (this.gentle && wait.arrived) return false;
    const ended = wait.cancel(message);
    if (!ring) return ended;
    // What it waits for waits for this task: only this wait itself can be ended.
    ring = false;
    if (!(wait instanceof LoopFuture)) return ended;
    this.endWait(wait);
    wait.dismiss(this.host, message);
    return true;
  }

  /** The error of a cancel that is due when the body has returned; `null` also when the body had run on before it came. */
  protected takeCancelAtEnd(): CancelledError | null {
    const error = this.#resultStands ? null : this.takeCancel();
    if (error !== null) return error;
    const owing = this.scope?.owing() ?? null;
    if (owing === null) return null;
    owing.delivered();
    return new CancelledError(owing.reason);
  }

  /** The error of a cancel that is due and has reached nobody yet; it counts as delivered then. */
  protected takeCancel(): CancelledError | null {
    if (!this.#mustCancel) return null;
    this.#mustCancel = false;
    this.#interrupted = true;
    this.#origin = null;
    return new CancelledError(this.#message);
  }

  /** What it waits for, and passes cancels on to. */
  override get waitsFor(): Cancellable[] {
    return this.waits().map(([wait]) => wait);
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

/** Whether `from` waits for `to`, be it over others. */
function reaches(from: Cancellable, to: Cancellable): boolean {
  const seen = new Set<Cancellable>([from]);
  for (const each of seen) {
    for (const next of each.waitsFor ?? []) {
      if (next === to) return true;
      seen.add(next);
    }
  }
  return from === to;
}
