import { type Waiter, WaiterList } from "./waiter.ts";

/** How something has ended. */
export type Outcome<T> = { readonly failed: false; readonly value: T } | {
  readonly failed: true;
  readonly error: unknown;
};

/**
 * A value or an error that one sets and any number wait for: takers, who get the value or the error, and watchers, who
 * get the value, or `null` for an error.
 *
 * | state  | enqueue | set                                           | fail                                          |
 * | ------ | ------- | --------------------------------------------- | --------------------------------------------- |
 * | open   | waits   | → set, all are granted the value              | → failed, takers fail, watchers are granted `null` |
 * | set    | –       | → set, for those who come later               | → failed, for those who come later            |
 * | failed | –       | → set, for those who come later               | → failed, for those who come later            |
 */
export class OutcomeState<T> {
  readonly #takers = new WaiterList<T>();
  readonly #watchers = new WaiterList<T | null>();
  #outcome: Outcome<T> | null = null;

  /** How it has ended; `null` before. */
  get outcome(): Outcome<T> | null {
    return this.#outcome;
  }

  /** How many wait to take it. */
  get takers(): number {
    return this.#takers.size;
  }

  /** How many wait, takers and watchers. */
  get waiting(): number {
    return this.#takers.size + this.#watchers.size;
  }

  /** Sets it to a value. */
  set(value: T): void {
    this.#outcome = { failed: false, value };
    this.#takers.grantAll(value);
    this.#watchers.grantAll(value);
  }

  /** Sets it to an error, which is the same for all takers. */
  fail(error: unknown): void {
    this.#outcome = { failed: true, error };
    this.#takers.failAll(() => error);
    this.#watchers.grantAll(null);
  }

  /** Adds a waiter that takes it; only while it is open. */
  enqueueTaker(waiter: Waiter<T>): void {
    this.#takers.push(waiter);
  }

  /** Adds a waiter that watches; only while it is open. */
  enqueueWatcher(waiter: Waiter<T | null>): void {
    this.#watchers.push(waiter);
  }
}
