import type { Cancellable, Loop } from "../../asyncio/loop/contract.ts";
import type { Scope } from "../../asyncio/scope/scope.ts";
import { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import { Task } from "../../asyncio/task/task.ts";
import { currentWork } from "../../core/current.ts";
import { CancelledError } from "../../core/errors.ts";
import type { Waker } from "../../core/waker.ts";
import type { Greenlet, GreenletFunction } from "./greenlet.ts";
import { GreenletExit } from "./greenlet_exit.ts";

/**
 * The task of asyncio that a greenlet is: one into which any error can be thrown, not only `CancelledError`.
 *
 * asyncio ends the wait with `CancelledError`; on its way into the body that is exchanged for the error that
 * was to be thrown. It stays exchanged through all the layers of the wait, until the body waits anew.
 */
export class GreenletTask<T> extends Task<T> {
  /** The greenlet that it is of; `null`: of the main program. */
  readonly greenlet: Greenlet<unknown> | null;
  /** How the body ended, when it ended with a `GreenletExit`. */
  exit: GreenletExit | null = null;
  #injected: Error | null = null;
  #delivered = false;

  /** Schedules the body for the loop's next pass. */
  constructor(
    greenlet: Greenlet<unknown> | null,
    body: GreenletFunction<[], T>,
    name: string,
    loop: Loop = new Future().getLoop(),
  ) {
    super(loop, body, { name });
    this.greenlet = greenlet;
  }

  /** Has `waker` told of the end, which is no look at the outcome. */
  announceTo(waker: Waker<T>): void {
    this.addWaker(waker);
  }

  /** Has `error` thrown where the body waits, or at its next wait. */
  throwIn(error: Error): void {
    this.#injected = error;
    this.#delivered = false;
    if (error instanceof GreenletExit) this.cancel(error.message);
    else this.interrupt(error.message);
  }

  /** Takes `error` back, if the body has not got it yet. */
  takeBack(error: Error): void {
    if (this.#injected !== error || this.#delivered) return;
    this.#injected = null;
    if (this.cancelling() === 0) this.uncancel();
  }

  /** For the waits of the body. */
  override throwing(error: unknown): unknown {
    if (this.#injected === null || !(error instanceof CancelledError)) return super.throwing(error);
    this.#delivered = true;
    return this.#injected;
  }

  /** For the waits of the body. */
  override beginWait(wait: Cancellable, scope: Scope | null = this.scope): void {
    if (this.#delivered) {
      this.#injected = null;
      this.#delivered = false;
    }
    super.beginWait(wait, scope);
  }

  /** Notes the error with which the body ends. */
  override threw(error: unknown): void {
    if (error instanceof GreenletExit) this.exit = error;
    super.threw(error);
  }

  /** What to say of a failure that nobody looked at. */
  protected override describeUnretrieved(): string {
    return `Greenlet ${this.name} failed and nobody looked at its error`;
  }
}

/** The task that runs here; `null` outside of any, which gevent calls the main greenlet. */
export function runningTask(): Task<unknown> | null {
  const work = currentWork();
  return work instanceof Task ? work : null;
}
