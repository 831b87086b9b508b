import type { Leave } from "../../core/withdrawal/signalled_wait.ts";

/**
 * The questions of one queue that were withdrawn and are not answered yet.
 *
 * Another get is asked only after them: an item that they are granted all the same goes back in front, and it would
 * be overtaken.
 */
export class LateAnswers {
  readonly #open = new Set<Promise<void>>();

  /** Notes one, until it is over. */
  readonly add = (over: Promise<void>): void => {
    this.#open.add(over);
    over.finally(() => this.#open.delete(over));
  };

  /** Asks when there is none. */
  after<T>(ask: () => T | Promise<T>, leave: Leave): T | Promise<T> {
    return this.#open.size === 0 ? ask() : this.#askLater(ask, leave.signal);
  }

  async #askLater<T>(ask: () => T | Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#open.size > 0) {
      await Promise.all(this.#open);
      signal.throwIfAborted();
    }
    return await ask();
  }
}
