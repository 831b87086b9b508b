import { CancelledError } from "../../core/errors.ts";
import { type CallerContext, captureFlow } from "../../core/inheritance.ts";
import {
  type CoroutineBody,
  type Driven,
  resumeCoroutine,
  startCoroutine,
} from "./coroutine_driver.ts";
import type { LoopFuture } from "./loop_future.ts";
import { WorkFuture } from "./work_future.ts";
import type { Cancellable, Loop, TaskLike } from "../loop/contract.ts";
import type { Scope } from "../scope/scope.ts";

/**
 * Work done on behalf of the task that called, such as `condition.wait()`: begun at once, without a name.
 *
 * What it waits for is a wait of that task, and is cancelled with it.
 *
 * | a cancel comes …                        | and then                                             |
 * | --------------------------------------- | ---------------------------------------------------- |
 * | while it waits                          | what it waits for is cancelled                       |
 * | otherwise, or that cannot be cancelled  | the next wait is cancelled as it begins              |
 * | before a result that it is not to keep  | `CancelledError` is thrown in place of the result    |
 */
export class Operation<T> extends WorkFuture<T> implements Driven<T> {
  /** Whose work it is. */
  readonly host: TaskLike<unknown> | null;
  /**
   * What is driven.
   * @internal
   */
  body: CoroutineBody<T> | null = null;
  /**
   * What flows where it was begun; `null`: nothing.
   * @internal
   */
  flow: CallerContext | null = captureFlow();
  /** The scope that its waits are in; `undefined`: the innermost of the task. */
  readonly #scope: Scope | undefined;
  #wait: LoopFuture<unknown> | null = null;
  #cancelDue = false;
  /** Whether a cancel was passed on to what it waits for. */
  #cancelPassed = false;
  #cancelMessage: string | undefined = undefined;

  /** Returns its result to where that came from; `undefined`: what the result holds is released. */
  readonly #returnResult: (() => void) | undefined;

  /**
   * Begins to drive `body` now, on behalf of `host`; with `scope`, its waits are in that one.
   *
   * @param returnResult called when nobody takes the result, and it came from somewhere where it belongs.
   */
  constructor(
    loop: Loop,
    host: TaskLike<unknown> | null,
    body: CoroutineBody<T>,
    scope?: Scope,
    returnResult?: () => void,
  ) {
    super(loop);
    this.host = host;
    this.#scope = scope;
    this.#returnResult = returnResult;
    startCoroutine(this, body);
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): Cancellable[] {
    return this.#wait === null ? [] : [this.#wait];
  }

  /** Whether only code of the loop can end what it waits for. */
  override get closed(): boolean {
    return this.#wait !== null && this.#wait.closed;
  }

  /**
   * Returns its result, which nobody takes.
   * @internal
   */
  override giveBack(): void {
    if (this.#returnResult === undefined) super.giveBack();
    else if (this.done() && !this.failed) this.#returnResult();
  }

  /** Asks the work to end: `CancelledError` is thrown where it waits, or else at its next wait. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.#cancelMessage = message;
    if (this.#wait !== null && this.#wait.cancel(message)) this.#cancelPassed = true;
    else this.#cancelDue = true;
    return true;
  }

  /**
   * What it waits for has ended.
   * @internal
   */
  wake(future: LoopFuture<unknown>): void {
    resumeCoroutine(this, future);
  }

  /**
   * For the driver: the work begins to wait.
   * @internal
   */
  waits(future: LoopFuture<unknown>): void {
    this.#wait = future;
    if (this.#cancelDue && future.cancel(this.#cancelMessage)) this.#cancelDue = false;
    this.host?.beginWait(future, this.#scope);
  }

  /**
   * For the driver: the wait is over.
   * @internal
   */
  woken(future: LoopFuture<unknown>): Error | null {
    this.#wait = null;
    this.host?.endWait(future);
    if (this.#cancelPassed) {
      this.#cancelPassed = false;
      this.#cancelDue ||= future.outlivedCancel;
    }
    // A result that has come is kept; the cancel then comes at the next wait, if there is one.
    if (this.#cancelDue && (future.failed || !future.handsOver)) {
      this.#cancelDue = false;
      return new CancelledError(this.#cancelMessage);
    }
    return this.host?.takeCancelAtWake(future) ?? null;
  }

  /**
   * For the driver: the work has returned.
   * @internal
   */
  returned(value: T): void {
    this.succeed(value);
  }

  /**
   * For the driver: the work has thrown.
   * @internal
   */
  threw(error: unknown): void {
    if (error instanceof CancelledError) this.settleCancelled(error.message || undefined);
    else this.fail(error);
  }
}
