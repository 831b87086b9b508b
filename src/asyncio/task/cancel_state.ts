import { CancelledError } from "../../core/errors.ts";
import type { Cancellable } from "../loop/contract.ts";
import { LoopFuture } from "./loop_future.ts";
import type { Scope } from "../scope/scope.ts";

/**
 * Which cancels of a task are due, and on whose behalf its wait was ended: by the task's own, or a scope's.
 *
 *     clear ──came, no wait ended──▶ due ──begins, take──▶ delivered ──begins──▶ clear
 *       ├──came, a wait ended─────────────────────────────────▲
 *       └──begins in a scope that has one, endedFor(scope)────┘
 *
 * | a cancel comes …                         | and then                                              |
 * | ---------------------------------------- | ----------------------------------------------------- |
 * | while it waits                           | what it waits for is cancelled                        |
 * | while it waits for something foreign     | its signal aborts, if it was given away for this wait |
 * | otherwise                                | it is due: the next wait is cancelled as it begins    |
 * | after a bare future's result arrived     | asyncio's manner: the result is lost; trio's: kept    |
 * | after the result of other work arrived   | it is due, and the result is kept: it may be a guard  |
 *
 * - A cancel that is due when a `CancelledError` is thrown for another reason counts as delivered by it.
 * - Made for the first cancel, or when the task is asked for its signal: most tasks never have one.
 */
export class CancelState {
  #requests = 0;
  #due = false;
  #message: string | undefined = undefined;
  /** Whether a result that comes before the next wait is older than the cancel that is due. */
  #resultStands = false;
  /** Whether the wait that ends now was ended by a cancel, and not as what it waited for. */
  #delivered = false;
  /** The scope on whose behalf; `null`: the task's own. */
  #origin: Scope | null = null;
  #controller: AbortController | null = null;
  /** Whether the signal was given away since the last wait began. */
  #signalGiven = false;

  /** Aborted by the next cancel, with the error that tells of it. */
  get signal(): AbortSignal {
    this.#signalGiven = true;
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#due) this.#controller.abort(new CancelledError(this.#message));
    }
    return this.#controller.signal;
  }

  /** How many requests there are, less those taken back. */
  get requests(): number {
    return this.#requests;
  }

  /** Counts a request. */
  request(): void {
    this.#requests++;
  }

  /** Takes one request back; with none left, a cancel that is due is forgotten. */
  withdraw(): number {
    if (this.#requests > 0) this.#requests--;
    if (this.#requests === 0) this.#due = false;
    return this.#requests;
  }

  /**
   * A cancel of the task came.
   *
   * @param ended whether it has ended a wait.
   * @param resultStands whether a result had arrived before, which it comes too late for.
   */
  came(message: string | undefined, ended: boolean, resultStands: boolean): void {
    this.#message = message;
    if (ended) return this.#deliver(null);
    this.#due = true;
    this.#resultStands = resultStands;
  }

  /** The cancel of a scope has ended a wait. */
  endedFor(scope: Scope): void {
    this.#deliver(scope);
    scope.delivered();
  }

  /** A wait begins, in `scope`: a cancel that is due ends it at once. */
  begins(wait: Cancellable, scope: Scope | null): void {
    this.#signalGiven = false;
    this.#delivered = false;
    if (this.#due) {
      this.#due = !wait.cancel(this.#message);
      this.#resultStands = this.#due && hasArrived(wait);
      if (!this.#due) this.#deliver(null);
      return;
    }
    const due = scope === null ? null : scope.due();
    if (due !== null && wait.cancel(due.reason)) this.endedFor(due);
  }

  /** The error of a cancel that is due; it counts as delivered then. */
  take(): CancelledError | null {
    if (!this.#due) return null;
    this.#due = false;
    this.#deliver(null);
    return new CancelledError(this.#message);
  }

  /** As `take()`, for a body that has returned: a result that is older than the cancel stands. */
  takeAtEnd(): CancelledError | null {
    return this.#resultStands ? null : this.take();
  }

  /** A cancel came too late for the wait that it was to end, which has done its deed: it is due at the next one. */
  missed(message: string | undefined): void {
    const origin = this.#origin;
    this.#delivered = false;
    this.#origin = null;
    this.#resultStands = true; // also against a second cancel, which came while the first was under way
    if (origin !== null) return origin.comesAgain();
    this.#message = message;
    this.#due = true;
  }

  /** What was waited for has a result although a cancel was accepted, perhaps that of this task. */
  outlived(): void {
    this.#resultStands = true;
    if (this.#delivered) this.missed(this.#message);
  }

  /** A cancel that was caught and could not be told comes again, at the next wait. */
  redeliver(): void {
    if (this.#origin !== null) return this.#origin.redeliver();
    this.#resultStands = false;
    this.#due = true;
  }

  /** A scope is left: its cancel is told no more. */
  forget(scope: Scope): void {
    if (this.#origin === scope) this.#origin = null;
  }

  /**
   * The error to throw in the task in place of `error`; tells the scopes, from `innermost` on, that it is on its way.
   *
   * What the task waited for may have been cancelled by itself: that is no cancel of the task.
   */
  throwing(error: CancelledError, innermost: Scope | null): Error {
    const instead = this.#origin === null ? error : this.#origin.throwing(error);
    if (!this.#delivered) return instead;
    if (instead === error) this.#join(error, innermost);
    for (let each = innermost; each !== null; each = each.around) each.sawCancel();
    return instead;
  }

  /**
   * Aborts the signal.
   *
   * @param error makes its reason, once the cancel is that of `scope`; `null`: of the task.
   * @returns whether somebody was given it for what is waited for now.
   */
  abort(error: () => unknown, scope: Scope | null = null): boolean {
    const controller = this.#controller;
    if (controller === null) return false;
    const given = this.#signalGiven;
    const before = this.#origin;
    this.#controller = null;
    this.#signalGiven = false;
    if (scope !== null) this.#origin = scope;
    controller.abort(error());
    if (!given) this.#origin = before;
    return given;
  }

  #deliver(origin: Scope | null): void {
    this.#delivered = true;
    this.#origin = origin;
  }

  /** Cancels that came meanwhile and have reached nobody are told by the same error. */
  #join(error: CancelledError, innermost: Scope | null): void {
    this.#due = false;
    for (let each = innermost; each !== null; each = each.around) {
      if (each !== this.#origin) each.joins(error);
      if (each.shield) return;
    }
  }
}

/** Whether `wait` has its result and the waiter has only not got it yet: a cancel comes too late for it. */
export function hasArrived(wait: Cancellable): boolean {
  return wait.arrived === true || LoopFuture.hasHandedOver(wait);
}
