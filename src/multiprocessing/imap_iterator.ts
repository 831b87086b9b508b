import { setTimer, TimeoutError } from "../core/mod.ts";
import { here } from "./node.ts";

/** How one call ended. */
export type Outcome<R> = { readonly value: R } | { readonly error: unknown };

/**
 * The results of `imap`: a failed one is thrown by its `next()`, and the later ones still come.
 *
 * Source: `multiprocessing.pool.IMapIterator`.
 */
export class ImapIterator<R> implements AsyncIterableIterator<R> {
  readonly #source: AsyncIterator<Outcome<R>>;
  /** What a `next` that timed out has left to the following one. */
  #pending: Promise<IteratorResult<Outcome<R>>> | null = null;

  /** Iterators are made by a `Pool`. */
  constructor(source: AsyncIterator<Outcome<R>>) {
    this.#source = source;
  }

  /**
   * The next result.
   *
   * @param timeout how long to wait for it, in milliseconds.
   * @throws {TimeoutError} when that passes first; the result comes with a later `next()`.
   */
  async next(timeout?: number): Promise<IteratorResult<R, undefined>> {
    const pending = this.#pending ??= this.#source.next();
    const result = await here().waiting(timeout === undefined ? pending : within(pending, timeout));
    if (this.#pending === pending) this.#pending = null;
    if (result.done) return { done: true, value: undefined };
    if ("error" in result.value) throw result.value.error;
    return { done: false, value: result.value.value };
  }

  /** Takes no more: inputs that were not sent yet are not run. */
  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

function within<T>(promise: Promise<T>, timeout: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimer(
      () => reject(new TimeoutError(`no result came within ${timeout} ms`)),
      timeout,
    );
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
