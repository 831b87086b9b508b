import type { Future } from "./future.ts";

/**
 * One `yield* future`: yields the future until it has ended, then returns its result.
 *
 * A generator that waits keeps what `next()` returned, so that is this object itself.
 */
export class Delegation<T> implements Iterator<Future<T>, T, void> {
  /** The future, and after its end its result. */
  value: Future<T> | T;
  /** Whether `value` is the result. */
  done = false;

  constructor(future: Future<T>) {
    this.value = future;
  }

  next(): IteratorResult<Future<T>, T> {
    const future = this.value as Future<T>;
    if (!this.done && future.done()) {
      this.value = future.result();
      this.done = true;
    }
    return this as IteratorResult<Future<T>, T>;
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: T): IteratorResult<Future<T>, T> {
    return { value, done: true };
  }
}
