import { checkText, errorMeant, show } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import { contextsInUse, inCallersContext } from "../../core/inheritance.ts";
import type { UnretrievedReporter } from "../../core/unretrieved.ts";
import type { DoneCallback, Waiting, Waker } from "../../core/waker.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { Then } from "./then_callback.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/** The future that is being settled from within a pass, for waiters that run in this same pass. */
let settling: object | null = null;

/**
 * A future of an event loop: what tasks wait for.
 *
 * - Done callbacks never run at once: the loop calls them in its next pass, in the order in which they
 *   were added, also on a future that has ended before.
 * - `cancel()` ends it as cancelled for all its waiters; a task that is cancelled cancels the
 *   future that it waits for. `shield` keeps a future out of that.
 * - In a task `await future` is a wait of that task: when the task is cancelled, so is the wait.
 * - Made outside of any loop it belongs to this thread's ambient loop, which runs by itself.
 *
 * Source: Python's `asyncio.Future`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Future, getRunningLoop, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const future = new Future<string>();
 *   getRunningLoop().callLater(1, () => future.setResult("ready"));
 *   assertEquals(await future, "ready");
 * });
 * ```
 */
export class LoopFuture<T> extends Future<T> {
  static {
    // What it is exported as is what errors and the console call it.
    Object.defineProperty(this, "name", { value: "Future" });
  }

  readonly #loop: Loop;

  /**
   * Makes a future that somebody will settle.
   *
   * @param loop the loop that it belongs to; without it the one that runs here.
   */
  constructor(loop: Loop = runningOrDefaultLoop()) {
    super();
    this.#loop = loop;
  }

  /**
   * Whether only code of its loop can end it; of a bare future nobody knows.
   * @internal
   */
  get closed(): boolean {
    return false;
  }

  /**
   * Whether its result may hold something, such as a guard: then it is kept when a cancel comes after it.
   *
   * Of a bare future it is lost, as in Python: whoever set it has it still.
   * @internal
   */
  get handsOver(): boolean {
    return false;
  }

  /**
   * Whether `wait` is a future with a result that is kept.
   * @internal
   */
  static hasHandedOver(wait: unknown): boolean {
    return wait instanceof LoopFuture && wait.handsOver && wait.done() && !wait.failed;
  }

  /**
   * Whether a result is on its way that a cancel comes too late for, or would send back.
   * @internal
   */
  get arrived(): boolean {
    return false;
  }

  /**
   * Whether it has a result although a cancel was accepted.
   * @internal
   */
  get outlivedCancel(): boolean {
    return false;
  }

  /**
   * Gives what it was granted back to the primitive, since nobody takes it; of other results it does nothing.
   * @internal
   */
  giveBack(): void {
    // A bare future holds nothing of anybody's.
  }

  /** The loop that it belongs to. */
  getLoop(): Loop {
    return this.#loop;
  }

  /**
   * Cancels it, if it has not ended.
   *
   * @param message becomes the message of the `CancelledError` that waiters get.
   * @returns whether this call has cancelled it.
   */
  override cancel(message?: string): boolean {
    if (message !== undefined) checkText(message, "message");
    if (this.done()) return false;
    this.settleCancelled(message);
    return true;
  }

  /**
   * Ends it with a failure: an error, or an error class, of which one is made.
   *
   * @throws {TypeError} if it is neither.
   */
  override setException(error: unknown): void {
    const meant = errorMeant(error);
    if (meant === undefined) {
      throw new TypeError(
        `Cannot set the exception ${show(error)}: give an Error or a class of errors`,
      );
    }
    super.setException(meant);
  }

  /** Has `callback` called with this future in a later pass of its loop, once it has ended. */
  override addDoneCallback(callback: DoneCallback<T>): void {
    super.addDoneCallback(callback);
  }

  /** As of a promise. Inside of a task, with both reactions given as `await` gives them, it is a wait of that task. */
  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (this.done()) return super.then(onDone, onFailed);
    const task = runningTask();
    try {
      if (task !== null) checkSameLoop(this, task.getLoop());
    } catch (error) {
      return Promise.reject(error).then(onDone, onFailed);
    }
    if (typeof onDone !== "function" || typeof onFailed !== "function") {
      return super.then(onDone, onFailed);
    }
    if (contextsInUse() && !isPromises(onDone)) {
      onDone = inCallersContext(onDone);
      onFailed = inCallersContext(onFailed);
    }
    const reaction = new Then<A | B>(onDone, onFailed, task);
    this.waitFor(reaction);
    // After the reaction is in place, since a cancel that is due comes at once.
    task?.beginWait(this);
    return reaction;
  }

  /** Has `waiter` woken in a pass after the end. For tasks and those who drive generators. */
  waitFor(waiter: { wake(future: LoopFuture<T>): void }): void {
    this.markSeen();
    this.addWaker(waiter as Waker<T>);
  }

  /** Takes `waiter` back. */
  forget(waiter: { wake(future: LoopFuture<T>): void }): void {
    this.removeWaker(waiter as Waker<T>);
  }

  /** Ends, as cancelled, the waits of `task` for it; for tasks that wait for each other in a ring. */
  dismiss(task: TaskLike<unknown> | null, message: string | undefined): void {
    const cancelled = new LoopFuture<T>(this.#loop);
    cancelled.settleCancelled(message);
    const mine = (waker: Waiting) =>
      typeof waker !== "function" && (waker as { host?: unknown }).host === task;
    for (const waker of this.takeWakers(mine)) cancelled.addWaker(waker as Waker<T>);
  }

  /** Ends it from within a pass, and the waiters run in this same pass: the one turn of `sleep(0)`. */
  settleInPass(value: T): void {
    if (this.done()) return;
    const outer = settling;
    settling = this;
    this.setResult(value);
    settling = outer;
  }

  /** Whether it ended without a result. */
  override get failed(): boolean {
    return super.failed;
  }

  /** Why it has no result. */
  override failure(): unknown {
    return super.failure();
  }

  /** As `settleInPass`, with a failure. */
  failInPass(error: unknown): void {
    if (this.done()) return;
    const outer = settling;
    settling = this;
    super.setException(error);
    settling = outer;
  }

  /** As `settleInPass`, as cancelled. */
  cancelInPass(message: string | undefined): void {
    if (this.done()) return;
    const outer = settling;
    settling = this;
    this.settleCancelled(message);
    settling = outer;
  }

  /** Ends it as `other` has ended. */
  followAll(other: LoopFuture<T>): void {
    if (other.cancelled()) this.settleCancelled();
    else if (other.failed) this.fail(other.exception());
    else this.setResult(other.result());
  }

  /** Ends it as `other` has ended without a result; if that has one, it fails with `otherwise`. */
  followFailure(other: LoopFuture<unknown>, otherwise: string): void {
    if (other.cancelled()) this.settleCancelled();
    else this.fail(other.failed ? other.failure() : new InvalidStateError(otherwise));
  }

  /** Ends it with `value`; for those whose result cannot be set from outside. */
  protected succeed(value: T): void {
    super.setResult(value);
  }

  /** Ends it with whatever was thrown, an `Error` or not. */
  protected fail(error: unknown): void {
    super.setException(error);
  }

  /**
   * One that has ended needs no turn of the loop.
   * @internal
   */
  protected override toPromise(): Promise<T> {
    if (!this.done()) return super.toPromise();
    this.markSeen();
    return this.failed ? Promise.reject(this.failure()) : Promise.resolve(this.result());
  }

  /**
   * Tells one that waited in the next pass of its loop.
   * @internal
   */
  protected override announce(waker: DoneCallback<never> | Waker<never>): void {
    if (waker instanceof Then) {
      if (settling === this) waker.wake(this as LoopFuture<unknown> as LoopFuture<never>);
      else this.#loop.ready.wake(wakeOne, waker, this);
    } else if (settling === this && typeof waker !== "function") {
      waker.wake(this as LoopFuture<unknown> as LoopFuture<never>);
    } else {
      this.#loop.ready.push(tellOne, this, waker);
    }
  }

  /** Tells the loop's exception handler what a done callback threw. */
  protected override reportBroken(exception: unknown): void {
    this.#loop.callExceptionHandler({
      message: `Exception in a done callback of a ${this.constructor.name}`,
      exception,
      future: this,
    });
  }

  /**
   * The loop is told of a failure that nobody looked at.
   * @internal
   */
  protected override unretrievedReporter(): UnretrievedReporter {
    return this.#loop.onUnretrieved;
  }

  /**
   * Calls one that waited; public only for the line.
   * @internal
   */
  tellNow(waker: DoneCallback<never> | Waker<never>): void {
    this.tell(waker);
  }
}

/** Whether `reaction` is what `await` gives: it settles a promise, whose reactions have their context by themselves. */
function isPromises(reaction: (value: never) => unknown): boolean {
  return reaction.name === "" && /\{ \[native code\] \}$/.test(toText.call(reaction));
}

const toText = Function.prototype.toString;

function wakeOne(waker: Then<unknown>, future: LoopFuture<unknown>): void {
  waker.wake(future);
}

function tellOne(future: LoopFuture<unknown>, waker: DoneCallback<never> | Waker<never>): void {
  future.tellNow(waker);
}

/**
 * Refuses a future of another loop than `loop`: it ends by what that one does, which nobody runs perhaps.
 *
 * The ambient loop runs by itself; a wait there may be for any loop that runs.
 */
function checkSameLoop(future: LoopFuture<unknown>, loop: Loop): void {
  const own = future.getLoop();
  if (own === loop || future.done() || own.isAmbient) return;
  if (loop.isAmbient && own.isRunning) return;
  throw new InvalidStateError(
    `Cannot wait for this ${future.constructor.name}: it is attached to a different loop` +
      `${own.isRunning ? "" : ", which does not run"}; make it in the loop that waits`,
  );
}

/** What `loop` waits for in the place of `future`: itself; of another loop it must have ended. */
export function waitableIn<T>(future: LoopFuture<T>, loop: Loop): LoopFuture<T> {
  checkSameLoop(future, loop);
  if (future.getLoop() === loop || future.getLoop().isRunning) return future;
  // Its own loop, which does not run, would tell nobody.
  const copy = new LoopFuture<T>(loop);
  copy.followAll(future);
  return copy;
}
