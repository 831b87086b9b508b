import type { Future } from "./future.ts";

/** One `yield* future`: yields the future until it has ended, then returns its result. */
export class Delegation<T> implements Iterator<Future<T>, T, void> {
  readonly #future: Future<T>;

  constructor(future: Future<T>) {
    this.#future = future;
  }

  next(): IteratorResult<Future<T>, T> {
    if (!this.#future.done()) return { value: this.#future, done: false };
    return { value: this.#future.result(), done: true };
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: T): IteratorResult<Future<T>, T> {
    return { value, done: true };
  }
}
