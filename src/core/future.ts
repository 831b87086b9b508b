import { CancelledError, InvalidStateError } from "./errors.ts";
import { noteUnretrieved, strikeRetrieved } from "./unretrieved.ts";
import type { WaitOptions } from "./deadline.ts";

/** Where a future stands: cancelled is not done with a failure, it is a state of its own. */
export type FutureState = "pending" | "running" | "done" | "cancelled";

/** Called with the future once it has ended. */
export type DoneCallback<T> = (future: Future<T>) => void;

/**
 * The result of work that may not have ended yet.
 *
 *     pending ──setRunning──▶ running ──setResult / setException──▶ done
 *        │  └───────────────setResult / setException───────────────▶ done
 *        └──cancel──▶ cancelled
 *
 * - It can be awaited any number of times, and delegated to in generator coroutines (`yield* future`).
 * - Done callbacks run in the order in which they were added, synchronously where the future ends; one
 *   that throws is reported and does not disturb the others. On an ended future the callback runs at once.
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
export class Future<T> implements PromiseLike<T> {
  #state: FutureState = "pending";
  #value: T | undefined;
  #failed = false;
  #error: unknown;
  #seen = false;
  #callbacks: DoneCallback<never>[] = [];

  /** Where the future stands. */
  get state(): FutureState {
    return this.#state;
  }

  /** Whether it has ended: with a result, with a failure, or cancelled. */
  done(): boolean {
    return this.#state === "done" || this.#state === "cancelled";
  }

  /** Whether the work is being done right now. */
  running(): boolean {
    return this.#state === "running";
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#state === "cancelled";
  }

  /**
   * Cancels the work if it has not begun.
   *
   * @param message becomes the message of the `CancelledError` that waiters get.
   * @returns `true` when it is cancelled by this call or was before; `false` when it runs or is done.
   */
  cancel(message?: string): boolean {
    if (this.#state === "cancelled") return true;
    if (this.#state !== "pending") return false;
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
    this.#look("result");
    if (this.#failed) throw this.#error;
    return this.#value as T;
  }

  /**
   * The failure, without waiting; `null` if there was none.
   *
   * @throws {InvalidStateError} if it has not ended.
   * @throws {CancelledError} if it was cancelled.
   */
  exception(): unknown {
    this.#look("exception");
    if (this.#state === "cancelled") throw this.#error;
    return this.#failed ? this.#error : null;
  }

  /**
   * The result, blocking this thread until it is there; only for futures whose work is done by a thread.
   *
   * @throws {InvalidStateError} if only this thread's own event loop can bring the result.
   */
  resultSync(_options?: WaitOptions): T {
    if (this.done()) return this.result();
    throw new InvalidStateError(
      "cannot block for this result: it is made by this thread's own event loop, which blocking would stop; await the future",
    );
  }

  /** Has `callback` called with this future once it ends; at once when it has. */
  addDoneCallback(callback: DoneCallback<T>): void {
    if (this.done()) this.#call(callback);
    else this.#callbacks.push(callback as DoneCallback<never>);
  }

  /** Takes back each registration of `callback` and answers how many there were. */
  removeDoneCallback(callback: DoneCallback<T>): number {
    const before = this.#callbacks.length;
    this.#callbacks = this.#callbacks.filter((each) => each !== callback);
    return before - this.#callbacks.length;
  }

  /**
   * Marks the work as begun, unless it was cancelled before; for executors and tests.
   *
   * @returns whether to go on; Python: `set_running_or_notify_cancel`.
   */
  setRunning(): boolean {
    if (this.#state === "cancelled") return false;
    if (this.#state !== "pending") this.#refuse("begin");
    this.#state = "running";
    return true;
  }

  /** Ends it with a result; for executors and tests. Ended already: `InvalidStateError`. */
  setResult(value: T): void {
    if (this.done()) this.#refuse("set the result of");
    this.#value = value;
    this.#settle("done");
  }

  /** Ends it with a failure; for executors and tests. Ended already: `InvalidStateError`. */
  setException(error: unknown): void {
    if (this.done()) this.#refuse("set the exception of");
    this.#failed = true;
    this.#error = error;
    this.#settle("done");
  }

  /** Waits for the end as a promise does; see `PromiseLike`. */
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => {
      this.#markSeen();
      this.addDoneCallback(() => this.#failed ? reject(this.#error) : resolve(this.#value as T));
    }).then(onDone, onFailed);
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
  *[Symbol.iterator](): Generator<Future<T>, T, void> {
    if (!this.done()) yield this;
    return this.result();
  }

  /** Shows the state in `console.log`. */
  [Symbol.for("Deno.customInspect")](inspect: (value: unknown) => string): string {
    const outcome = this.#state !== "done"
      ? ""
      : this.#failed
      ? ` failed: ${this.#error}`
      : `: ${inspect(this.#value)}`;
    return `${this.constructor.name} { ${this.#state}${outcome} }`;
  }

  /**
   * Ends it as cancelled whatever its state was; for subclasses that can stop running work.
   *
   * @param reason what waiters get: a message for a `CancelledError`, or the error itself.
   */
  protected settleCancelled(reason?: unknown): void {
    this.#failed = true;
    this.#error = reason === undefined || typeof reason === "string"
      ? new CancelledError(reason)
      : reason;
    this.#settle("cancelled");
  }

  #settle(state: "done" | "cancelled"): void {
    this.#state = state;
    if (this.#failed && !this.#seen && state === "done") {
      noteUnretrieved(this, this.#error, `${this.constructor.name} exception was never retrieved`);
    }
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) this.#call(callback as DoneCallback<T>);
  }

  #call(callback: DoneCallback<T>): void {
    try {
      callback(this);
    } catch (error) {
      console.error(`A done callback of a ${this.constructor.name} failed:`, error);
    }
  }

  #look(what: string): void {
    if (!this.done()) {
      throw new InvalidStateError(
        `cannot read the ${what}: the future is ${this.#state}; await it`,
      );
    }
    this.#markSeen();
  }

  #markSeen(): void {
    if (this.#seen) return;
    this.#seen = true;
    if (this.#failed) strikeRetrieved(this);
  }

  #refuse(action: string): never {
    throw new InvalidStateError(`cannot ${action} a future that is ${this.#state}`);
  }
}
