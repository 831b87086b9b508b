import type { ParallelMap } from "../../core/mapping/parallel_map.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { granted, type Source } from "../../core/withdrawal/withdrawable.ts";
import { thisNode } from "../objects/node.ts";

/**
 * The results of `imap`: a failed one is thrown by its `next()`, and the later ones still come.
 *
 * - Results come as soon as they are there, whatever the inputs do.
 * - Several `next()` at once get their results in the order in which they asked.
 *
 * Source: `multiprocessing.pool.IMapIterator`.
 */
export class ImapIterator<R> implements AsyncIterableIterator<R> {
  readonly #results: ParallelMap<R>;
  /** Where results go back to that nobody uses. */
  readonly #back: Source<IteratorResult<R, undefined>> = {
    returned: (result) => {
      if (result.done !== true) this.#results.putBack(result.value);
    },
  };

  /** Iterators are made by a `Pool`. */
  constructor(results: ParallelMap<R>) {
    this.#results = results;
  }

  /**
   * The next result.
   *
   * @param timeout how long to wait for it, in milliseconds.
   * @throws {TimeoutError} when that passes first; the result comes with a later `next()`.
   */
  next(timeout?: number): Promise<IteratorResult<R, undefined>> {
    const ready = timeout === undefined ? this.#results.tryRead() : null;
    if (ready !== null) return granted(ready, this.#back);
    return withdrawable<IteratorResult<R, undefined>>(
      ({ signal }) => thisNode().waiting(this.#results.read(timeout, signal)),
      { call: "ImapIterator.next()", source: this.#back },
    );
  }

  /** Takes no more: inputs that were not sent yet are not run, and a `next()` that waits ends. */
  return(): Promise<IteratorResult<R, undefined>> {
    return this.#results.return();
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
