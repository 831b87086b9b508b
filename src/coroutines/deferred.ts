import { checkFunction } from "../core/check.ts";
import { CancelledError, InvalidStateError } from "../core/errors.ts";
import { Future } from "../core/future.ts";
import { noteUnretrieved, strikeRetrieved } from "../core/unretrieved.ts";
import type { Outcome } from "./stepper.ts";

type Handler = (value: unknown) => unknown;

/** A link of the chain: what to do with a result, and what with a failure. */
interface Link {
  readonly onResult: Handler | null;
  readonly onFailure: Handler | null;
}

/**
 * A result to come, with a chain of callbacks that each take what the one before gave: Twisted's way.
 *
 *     callback(v) ──▶ [cb₁|eb₁] ──▶ [cb₂|eb₂] ──▶ …      a link that throws sends the rest down the
 *     errback(e)  ──▶                                     failure side, one that returns brings it back
 *
 * - `callback()` and `errback()` run the chain at once, synchronously; what is added later runs at once too.
 * - A link that returns a `Deferred`, a future or a promise holds the chain up until that has its result.
 * - It is mutable: `addCallback` returns the same object, of which the result now is what the callback gives.
 *   For branches await it, or make two.
 * - It can be awaited (every awaiter gets the result as it is then), yielded in `inlineCallbacks` and
 *   `genCoroutine`, and delegated to there with its type: `const v = yield* deferred`.
 * - A failure that reaches the end of the chain with nobody to look at it is reported.
 *
 * Not like Twisted: there is no `Failure` that wraps an error; an error carries its stack itself.
 *
 * Source: Twisted's `twisted.internet.defer.Deferred`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Deferred } from "@quartet/concurrency/coroutines";
 *
 * const page = new Deferred<string>();
 * const words = page
 *   .addCallback((text) => text.split(" ").length)
 *   .addErrback(() => 0);
 *
 * page.callback("one two three");
 * assertEquals(await words, 3);
 * ```
 */
export class Deferred<T> implements PromiseLike<T> {
  readonly #canceller: ((deferred: Deferred<T>) => void) | null;
  #links: Link[] = [];
  #called = false;
  #running = false;
  #waitingFor: { cancel(): void } | null = null;
  #outcome: Outcome = { failed: false, value: undefined };
  #seen = false;
  #ignoreOne = false;

  /**
   * A result to come.
   *
   * @param canceller called by `cancel()` while no result is there, to stop the work behind it.
   */
  constructor(canceller?: (deferred: Deferred<T>) => void) {
    if (canceller !== undefined) checkFunction(canceller, "canceller");
    this.#canceller = canceller ?? null;
  }

  /** One that has its result. */
  static succeed<T>(value: T): Deferred<T> {
    const deferred = new Deferred<T>();
    deferred.callback(value);
    return deferred;
  }

  /** One that has failed. */
  static fail<T = never>(error: unknown): Deferred<T> {
    const deferred = new Deferred<T>();
    deferred.errback(error);
    return deferred;
  }

  /** One that ends as a promise, or anything else with `then`, does. */
  static fromPromise<T>(promise: PromiseLike<T>): Deferred<T> {
    return Deferred.succeed<unknown>(undefined).addCallback(() => promise);
  }

  /** Whether `callback()` or `errback()` was called. */
  get called(): boolean {
    return this.#called;
  }

  /**
   * Gives the result and runs the chain.
   *
   * @throws {InvalidStateError} if it has a result or failure already (Twisted: `AlreadyCalledError`).
   * @throws {TypeError} if the value is a `Deferred`: return it from a callback instead.
   */
  callback(value: T): void {
    if (value instanceof Deferred) {
      throw new TypeError("Cannot call back with a Deferred: return it from a callback instead");
    }
    this.#begin({ failed: false, value });
  }

  /**
   * Gives the failure and runs the chain.
   *
   * @throws {InvalidStateError} if it has a result or failure already.
   */
  errback(error: unknown): void {
    this.#begin({ failed: true, value: error });
  }

  /** Adds a link: `onResult` takes the result, `onFailure` the failure of the links before this one. */
  addCallbacks<A = T, B = A>(
    onResult: ((value: T) => A | PromiseLike<A>) | null,
    onFailure: ((error: unknown) => B | PromiseLike<B>) | null = null,
  ): Deferred<A | B> {
    if (onResult !== null) checkFunction(onResult, "onResult");
    if (onFailure !== null) checkFunction(onFailure, "onFailure");
    this.#links.push({ onResult: onResult as Handler | null, onFailure });
    this.#runChain();
    return this as unknown as Deferred<A | B>;
  }

  /** Adds a link that takes the result; failures pass it by. */
  addCallback<A>(onResult: (value: T) => A | PromiseLike<A>): Deferred<A> {
    checkFunction(onResult, "onResult");
    return this.addCallbacks<A, A>(onResult);
  }

  /** Adds a link that takes the failure; what it returns is the result from there on. */
  addErrback<B = T>(onFailure: (error: unknown) => B | PromiseLike<B>): Deferred<T | B> {
    checkFunction(onFailure, "onFailure");
    return this.addCallbacks<T, B>(null, onFailure);
  }

  /** Adds a link that takes either. */
  addBoth<A>(onEnd: (resultOrError: unknown) => A | PromiseLike<A>): Deferred<A> {
    checkFunction(onEnd, "onEnd");
    return this.addCallbacks<A, A>(onEnd, onEnd);
  }

  /**
   * Gives up waiting.
   *
   * - With no result yet: the canceller is called; if it brought no end about, the chain runs with a
   *   `CancelledError`, and the `callback()` or `errback()` that may still come is ignored.
   * - While a link waits for another `Deferred` or a future: that one is cancelled. A foreign promise
   *   goes on, but is waited for no longer.
   * - After the end nothing happens.
   */
  cancel(): void {
    if (this.#waitingFor !== null) return this.#waitingFor.cancel();
    if (this.#called) return;
    if (this.#canceller === null) this.#ignoreOne = true;
    else this.#canceller(this);
    if (!this.#called) {
      this.#begin({ failed: true, value: new CancelledError("The Deferred was cancelled") });
      this.#ignoreOne = true;
    }
  }

  /** Waits for the result as a promise does; links added later do not change what comes of it. */
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => {
      this.addCallbacks((value) => {
        resolve(value);
        return value;
      }, (error) => {
        reject(error);
        this.#seen = true;
        throw error;
      });
    }).then(onDone, onFailed);
  }

  /** Lets a generator wait for it: `const value = yield* deferred`. */
  *[Symbol.iterator](): Generator<Deferred<T>, T, unknown> {
    return (yield this) as T;
  }

  #begin(outcome: Outcome): void {
    if (this.#called) {
      if (this.#ignoreOne) {
        this.#ignoreOne = false;
        return;
      }
      throw new InvalidStateError("Cannot call back the Deferred: it was called back before");
    }
    this.#called = true;
    this.#outcome = outcome;
    this.#runChain();
  }

  #runChain(): void {
    if (this.#running || !this.#called || this.#waitingFor !== null) return;
    strikeRetrieved(this);
    this.#running = true;
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      const handler = this.#outcome.failed ? link.onFailure : link.onResult;
      if (handler === null) continue;
      this.#outcome = this.#apply(handler);
      if (!this.#outcome.failed && this.#waitFor(this.#outcome.value)) break;
    }
    this.#running = false;
    if (this.#outcome.failed && !this.#seen && this.#waitingFor === null) {
      noteUnretrieved(this, this.#outcome.value, "Deferred failure was never handled");
    }
  }

  #apply(handler: Handler): Outcome {
    const before = this.#outcome.value;
    try {
      return { failed: false, value: handler(before) };
    } catch (error) {
      if (error !== before) this.#seen = false;
      return { failed: true, value: error };
    }
  }

  /** Holds the chain up if `value` has its result to come; returns whether it does. */
  #waitFor(value: unknown): boolean {
    if (!isWaitable(value)) return false;
    const wait = watch(value, (outcome) => {
      if (this.#waitingFor !== wait) return;
      this.#waitingFor = null;
      this.#outcome = outcome;
      this.#runChain();
    });
    this.#waitingFor = wait;
    wait.begin();
    return this.#waitingFor !== null;
  }
}

/** Whether a generator or a chain can wait for it. */
export function isWaitable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/** A wait for something that has its result to come. */
export interface Watch {
  /** Begins to wait; the outcome may be told before this returns. */
  begin(): void;
  /** Cancels what is waited for; what cannot be cancelled is let go, and the outcome is a `CancelledError`. */
  cancel(): void;
}

/**
 * Waits for anything that has its result to come and tells the outcome: that of a `Deferred` or a future
 * synchronously when it is there.
 */
export function watch(waitable: PromiseLike<unknown>, tell: (outcome: Outcome) => void): Watch {
  const done = (value: unknown): void => tell({ failed: false, value });
  const failed = (value: unknown): void => tell({ failed: true, value });
  if (waitable instanceof Deferred) {
    return {
      begin: () => void waitable.addCallbacks(done, failed),
      cancel: () => waitable.cancel(),
    };
  }
  if (waitable instanceof Future) {
    return {
      begin: () =>
        waitable.addDoneCallback(() => {
          try {
            done(waitable.result());
          } catch (error) {
            failed(error);
          }
        }),
      cancel: () => {
        if (!waitable.cancel()) failed(new CancelledError("The wait was cancelled"));
      },
    };
  }
  return {
    begin: () => void waitable.then(done, failed),
    cancel: () => failed(new CancelledError("The wait was cancelled")),
  };
}
