import { FutureWait } from "./withdrawal/future_wait.ts";
import { waitingWork } from "./withdrawal/promised_wait.ts";
import { checkWaitOptions, type WaitOptions } from "./deadline.ts";
import { checkFunction, checkText } from "./check.ts";
import { CancelledError, InvalidStateError } from "./errors.ts";
import { noteUnretrieved, strikeRetrieved, type UnretrievedReporter } from "./unretrieved.ts";
import { Delegation } from "./delegation.ts";
import { CallbackList } from "./collections/callback_list.ts";
import { captureCaller } from "./inheritance.ts";
import { reportRejection } from "./returned.ts";
import type { DoneCallback, Waiting, Waker } from "./waker.ts";

/** What was given as a done callback, by the function that calls it in its adder's context. */
const boundOf = new WeakMap<Waiting, DoneCallback<never>>();

/** What a callback is taken back by. */
function keyOf(waker: Waiting): Waiting {
  return boundOf.get(waker) ?? waker;
}

/** Where a future stands: cancelled is not done with a failure, it is a state of its own. */
export type FutureState = "pending" | "running" | "done" | "cancelled";

/** How far a future is, one after the other: it has ended from RESULT on, and without a result from FAILURE on. */
const [PENDING, RUNNING, RESULT, FAILURE, CANCELLED] = [0, 2, 4, 6, 8];
/** What is added to it when somebody waits for the outcome or has looked at it. */
const SEEN = 1;
const STATES: readonly FutureState[] = ["pending", "running", "done", "done", "cancelled"];

/**
 * The result of work that may not have ended yet.
 *
 *     pending ──setRunning──▶ running ──setResult / setException──▶ done
 *        │  └───────────────setResult / setException───────────────▶ done
 *        └──cancel──▶ cancelled
 *
 * - It can be awaited any number of times, and delegated to in generator coroutines (`yield* future`).
 * - Done callbacks run in the context (`AsyncLocalStorage`, context variables) of whoever added them, in the order in which they were added, synchronously where the future ends; one
 *   that throws, or whose promise rejects, is reported and does not disturb the others. On an ended future the callback runs at once.
 * - `cancel()` cancels what has not begun; running work is not touched and `false` comes back.
 * - A failure that nobody looks at (`await`, `result()`, `exception()`) is reported on stderr when the
 *   future is collected or the program ends.
 *
 * Source: Python's `concurrent.futures.Future`.
 *
 * @example A future is settled by whoever runs the work
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Future } from "@quartet/concurrency/futures";
 *
 * const future = new Future<number>();
 * future.addDoneCallback((f) => assertEquals(f.result(), 42));
 * future.setResult(42);
 * assertEquals(await future, 42);
 * ```
 */
export class Future<T> implements Promise<T> {
  // A program may have millions of them. So they have two fields, and no private method of the instance, for which each
  // would have one more.

  /** How far it is, and whether it was seen. */
  #stage = PENDING;
  /**
   * Of one that has ended, the result, the failure, or the message that it was cancelled with; before, what waits for
   * it. Most are waited for by one: a list is made for the second.
   */
  #content: unknown = undefined;

  /** Where the future stands. */
  get state(): FutureState {
    return STATES[this.#stage >> 1]!;
  }

  /** Whether it has ended: with a result, with a failure, or cancelled. */
  done(): boolean {
    return this.#stage >= RESULT;
  }

  /** Whether the work is being done right now. */
  running(): boolean {
    return (this.#stage & ~SEEN) === RUNNING;
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#stage >= CANCELLED;
  }

  /**
   * Cancels the work if it has not begun.
   *
   * @param message becomes the message of the `CancelledError` that waiters get.
   * @returns `true` when it is cancelled by this call or was before; `false` when it runs or is done.
   */
  cancel(message?: string): boolean {
    if (message !== undefined) checkText(message, "message");
    if (this.#stage >= RUNNING) return this.cancelled();
    this.settleCancelled(message);
    return true;
  }

  /**
   * The result, without waiting.
   *
   * @throws {InvalidStateError} if it has not ended.
   * @throws {CancelledError} if it was cancelled.
   * @throws the failure, if it failed.
   */
  result(): T {
    Future.#look(this, "result");
    if (this.#stage >= FAILURE) throw this.failure();
    return this.#content as T;
  }

  /**
   * The failure, without waiting; `null` if there was none.
   *
   * @throws {InvalidStateError} if it has not ended.
   * @throws {CancelledError} if it was cancelled.
   */
  exception(): unknown {
    Future.#look(this, "exception");
    if (this.#stage >= CANCELLED) throw this.failure();
    return this.#stage >= FAILURE ? this.#content : null;
  }

  /**
   * The result, blocking this thread until it is there; only for futures whose work is done by a thread.
   *
   * @throws {InvalidStateError} if only this thread's own event loop can bring the result.
   */
  resultSync(options?: WaitOptions): T {
    checkWaitOptions(options, "Future.resultSync()");
    if (this.done()) return this.result();
    throw new InvalidStateError(
      "Cannot block for this result: it is made by this thread's own event loop, which blocking would stop; await the future",
    );
  }

  /** Has `callback` called with this future once it ends; at once when it has. */
  addDoneCallback(callback: DoneCallback<T>): void {
    checkFunction(callback, "callback");
    const caller = captureCaller();
    if (caller === null) return this.addWaker(callback);
    const bound = (future: Future<T>) => caller.run(callback, future);
    boundOf.set(bound as DoneCallback<never>, callback as DoneCallback<never>);
    this.addWaker(bound);
  }

  /** Takes back each registration of `callback` and returns how many there were. */
  removeDoneCallback(callback: DoneCallback<T>): number {
    return this.removeWaker(callback);
  }

  /**
   * Marks the work as begun, unless it was cancelled before; for executors and tests.
   *
   * @returns whether to go on; Python: `set_running_or_notify_cancel`.
   */
  setRunning(): boolean {
    if (this.#stage >= CANCELLED) return false;
    if (this.#stage >= RUNNING) refuse(this, "begin");
    this.#stage += RUNNING;
    return true;
  }

  /** Ends it with a result; for executors and tests. Ended already: `InvalidStateError`. */
  setResult(value: T): void {
    if (this.done()) refuse(this, "set the result of");
    Future.#settle(this, RESULT, value);
  }

  /** Ends it with a failure; for executors and tests. Ended already: `InvalidStateError`. */
  setException(error: unknown): void {
    if (this.done()) refuse(this, "set the exception of");
    Future.#settle(this, FAILURE, error);
  }

  /**
   * Waits for the end as a promise does; see `PromiseLike`. In a task of asyncio an `await` is a wait of that task: when
   * the task is cancelled it leaves at once, and cancels work that has not begun; work that runs goes on.
   */
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const awaited = typeof onDone === "function" && typeof onFailed === "function";
    const waits = awaited && !this.done() && waitingWork() !== null;
    return (waits ? Future.#waitAsTask(this) : this.toPromise()).then(onDone, onFailed);
  }

  /** As of a promise: handles the failure. */
  catch<B = never>(onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(null, onFailed);
  }

  /** As of a promise: runs `onEnd` whatever the outcome. */
  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.then().finally(onEnd);
  }

  /** Lets a generator coroutine wait for it: `const value = yield* future`. */
  [Symbol.iterator](): Generator<Future<T>, T, unknown> {
    return new Delegation(this) as unknown as Generator<Future<T>, T, unknown>;
  }

  /** As of a promise, so that a future can be given where one is asked for. */
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  /** Shows the state in `console.log`. */
  [Symbol.for("Deno.customInspect")](inspect: (value: unknown) => string): string {
    const outcome = this.state !== "done"
      ? ""
      : this.failed
      ? ` failed: ${inLine(this.#content, inspect)}`
      : `: ${inspect(this.#content)}`;
    return `${this.label} { ${this.state}${outcome} }`;
  }

  /**
   * What it is called where it is shown.
   * @internal
   */
  protected get label(): string {
    return this.constructor.name;
  }

  /** Ends it as cancelled whatever its state was; waiters get `reason`, or a `CancelledError` of that message. */
  protected settleCancelled(reason?: unknown): void {
    Future.#settle(this, CANCELLED, reason);
  }

  /**
   * Has `waker` told of the end; at once when it has come.
   * @internal
   */
  protected addWaker(waker: DoneCallback<T> | Waker<T>): void {
    if (this.done()) this.announce(waker);
    else if (this.#content === undefined) this.#content = waker;
    else Future.#list(this).push(waker);
  }

  /**
   * Takes back each registration of `waker` and returns how many there were.
   * @internal
   */
  protected removeWaker(waker: DoneCallback<T> | Waker<T>): number {
    const all = this.#content;
    if (all === undefined || this.done()) return 0;
    if (all instanceof CallbackList) return all.remove(waker);
    if (keyOf(all as Waiting) !== waker) return 0;
    this.#content = undefined;
    return 1;
  }

  /**
   * Takes out those of the waiting ones that `picks` picks.
   * @internal
   */
  protected takeWakers(picks: (waker: Waiting) => boolean): Waiting[] {
    return this.#content === undefined || this.done() ? [] : Future.#list(this).take(picks);
  }

  /**
   * Tells one that waited; subclasses that belong to an event loop put it into the loop's line.
   * @internal
   */
  protected announce(waker: Waiting): void {
    this.tell(waker);
  }

  /**
   * Calls one that waited, now. What it throws is reported and disturbs nobody.
   * @internal
   */
  protected tell(waker: Waiting): void {
    try {
      if (typeof waker !== "function") waker.wake(this as Future<unknown> as Future<never>);
      else {
        const returned: unknown = waker(this as Future<unknown> as Future<never>);
        reportRejection(returned, (error) => this.reportBroken(error));
      }
    } catch (error) {
      this.reportBroken(error);
    }
  }

  /** Reports what a done callback threw. */
  protected reportBroken(error: unknown): void {
    console.error(`A done callback of a ${this.constructor.name} failed:`, error);
  }

  /** What to say of a failure that nobody looked at. */
  protected describeUnretrieved(): string {
    return `${this.constructor.name} exception was never retrieved`;
  }

  /**
   * Who is told of such a failure; `null`: this thread's reporter.
   * @internal
   */
  protected unretrievedReporter(): UnretrievedReporter | null {
    return null;
  }

  /** A promise of the outcome. */
  protected toPromise(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.markSeen();
      this.addWaker(() => this.failed ? reject(this.failure()) : resolve(this.#content as T));
    });
  }

  /** Why it has no result; a cancelled one makes a fresh error for each that asks. */
  protected failure(): unknown {
    const outcome = this.#content;
    return this.#stage >= CANCELLED && (outcome === undefined || typeof outcome === "string")
      ? new CancelledError(outcome)
      : outcome;
  }

  /** Whether it ended without a result. */
  protected get failed(): boolean {
    return this.#stage >= FAILURE;
  }

  /** Notes that somebody waits for the outcome or has looked at it. */
  protected markSeen(): void {
    if ((this.#stage & SEEN) !== 0) return;
    this.#stage += SEEN;
    if (this.#stage >= FAILURE) strikeRetrieved(this);
  }

  static #settle(future: Future<unknown>, stage: number, outcome: unknown): void {
    const waiting = future.done() ? undefined : future.#content;
    const seen = future.#stage & SEEN;
    future.#content = outcome;
    future.#stage = stage + seen;
    if (stage === FAILURE && seen === 0) {
      noteUnretrieved(future, outcome, future.describeUnretrieved(), future.unretrievedReporter());
    }
    if (waiting === undefined) return;
    if (!(waiting instanceof CallbackList)) future.announce(waiting as Waiting);
    else (waiting as CallbackList<Waiting>).forEach((each) => future.announce(each));
  }

  /** What waits for one that has not ended, as a list with room for more. */
  static #list(future: Future<unknown>): CallbackList<Waiting> {
    const waiting = future.#content;
    if (waiting instanceof CallbackList) return waiting;
    const list = new CallbackList<Waiting>(keyOf);
    list.push(waiting as Waiting);
    future.#content = list;
    return list;
  }

  static #waitAsTask<T>(future: Future<T>): Promise<T> {
    return new FutureWait<T>({
      listen: (done, failed) => {
        future.markSeen();
        const waker = (): void =>
          future.failed ? failed(future.failure()) : done(future.#content as T);
        future.addWaker(waker);
        return () => void future.removeWaker(waker);
      },
      cancel: (message) => void future.cancel(message),
    }).promise;
  }

  static #look(future: Future<unknown>, what: string): void {
    if (!future.done()) {
      throw new InvalidStateError(
        `Cannot read the ${what}: the future is ${future.state}; await it`,
      );
    }
    future.markSeen();
  }
}

function refuse({ state }: Future<unknown>, action: string): never {
  throw new InvalidStateError(`Cannot ${action} the future: it is ${state}`);
}

/** An error in one line, anything else as it is shown. */
function inLine(thrown: unknown, inspect: (value: unknown) => string): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown);
}
