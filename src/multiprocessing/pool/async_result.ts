import { waitUntilDone } from "../../core/bounded_wait.ts";
import { checkFunction, checkOptions } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { CancelledError, InvalidStateError, TimeoutError } from "../../core/errors.ts";
import type { Future } from "../../core/future.ts";
import { type Leave, withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { thisNode } from "../objects/node.ts";

/** Told how a result came out. */
export interface ResultCallbacks<T> {
  /** Called once with the value. */
  readonly callback?: (value: T) => void;
  /** Called once with the error. */
  readonly errorCallback?: (error: unknown) => void;
}

/**
 * What a pool will return.
 *
 * It can also just be awaited.
 *
 * Source: `multiprocessing.pool.AsyncResult`.
 */
export class AsyncResult<T> implements PromiseLike<T> {
  readonly #future: Future<T>;

  /** Results are made by a `Pool`. */
  constructor(future: Future<T>, callbacks: ResultCallbacks<T> = {}) {
    this.#future = future;
    checkOptions(callbacks, "a result, in the place of callbacks,", "callback");
    const { callback, errorCallback } = callbacks;
    if (callback !== undefined) checkFunction(callback, "callback");
    if (errorCallback !== undefined) checkFunction(errorCallback, "errorCallback");
    if (callback === undefined && errorCallback === undefined) return;
    future.addDoneCallback((ended) => {
      const error = ended.cancelled()
        ? new CancelledError("The job was cancelled")
        : ended.exception();
      return error !== null ? errorCallback?.(error) : callback?.(ended.result());
    });
  }

  /** Whether it is there. */
  ready(): boolean {
    return this.#future.done();
  }

  /**
   * Whether it is a value and no error.
   *
   * @throws {InvalidStateError} if it is not there. Python: `ValueError`.
   */
  successful(): boolean {
    if (!this.ready()) {
      throw new InvalidStateError("Cannot say whether it was successful: it is not ready");
    }
    return !this.#future.cancelled() && this.#future.exception() === null;
  }

  /**
   * The value, once it is there.
   *
   * @throws {TimeoutError} when the timeout passes first; the work goes on.
   * @throws the error of the work.
   */
  get(options: WaitOptions = {}): Promise<T> {
    return withdrawable<T>(async (leave) => {
      await this.#ended(options.timeout, leave);
      if (!this.ready()) throw new TimeoutError(`No result came within ${options.timeout} ms`);
      return this.#future.result();
    }, { options, call: "AsyncResult.get()", source: SHARED });
  }

  /** Waits until it is there, or the timeout passes: ask {@link AsyncResult.ready}. */
  wait(options: WaitOptions = {}): Promise<void> {
    return withdrawable(
      (leave) => this.#ended(options.timeout, leave),
      { options, call: "AsyncResult.wait()" },
    );
  }

  /** Waits for the value as a promise does. */
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.get().then(onDone, onFailed);
  }

  async #ended(timeout: number | undefined, leave: Leave): Promise<void> {
    if (!this.ready()) await thisNode().waiting(waitUntilDone(this.#future, timeout, leave));
  }
}

/** A result is there for everybody who asks: nothing is given back when one does not use it. */
const SHARED: Source<unknown> = { stands: true };
