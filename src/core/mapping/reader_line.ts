import { setTimer } from "../clock.ts";
import { TimeoutError } from "../errors.ts";
import { WaitList, WaitNode } from "../collections/wait_list.ts";

/** One `next()` that waits for its item. */
export class Reader<T, R = undefined> extends WaitNode<Reader<T, R>> {
  readonly promise: Promise<IteratorResult<T, R>>;
  /** Gives it its item, or the end. */
  resolve!: (result: IteratorResult<T, R>) => void;
  /** Gives it the failure that stands in the place of its item. */
  reject!: (error: unknown) => void;

  constructor() {
    super();
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/**
 * The readers of an async iterator that is written by hand, in the order in which they asked.
 *
 * An async generator lines up its readers by itself, but `return()` stands in the same line, behind a `next()`
 * that may wait for ever. Here the end reaches everyone at once, and a reader can leave without taking
 * an item along.
 */
export class ReaderLine<T, R = undefined> {
  readonly #line = new WaitList<Reader<T, R>>();

  /** How many wait. */
  get size(): number {
    return this.#line.size;
  }

  /** Puts one more reader at the end. */
  wait(): Reader<T, R> {
    const reader = new Reader<T, R>();
    this.#line.push(reader);
    return reader;
  }

  /** Takes a reader out, which then gets nothing; returns whether it still waited. */
  leave(reader: Reader<T, R>): boolean {
    return this.#line.remove(reader);
  }

  /** Sends a reader away with a `TimeoutError` if nothing came within `timeout` milliseconds; `onLeft` is called then. */
  bound(reader: Reader<T, R>, timeout: number, onLeft: () => void): void {
    const timer = setTimer(() => {
      if (!this.leave(reader)) return;
      reader.reject(new TimeoutError(`No result came within ${timeout} ms`));
      onLeft();
    }, timeout);
    const stop = (): void => timer.cancel();
    reader.promise.then(stop, stop);
  }

  /** Takes out all readers. */
  clear(): Reader<T, R>[] {
    const readers = [...this.#line];
    for (const reader of readers) this.#line.remove(reader);
    return readers;
  }

  /** Gives the first reader an item; returns whether there was a reader. */
  give(value: T): boolean {
    const reader = this.#line.shift();
    reader?.resolve({ done: false, value });
    return reader !== null;
  }

  /** Gives the first reader a failure; returns whether there was a reader. */
  fail(error: unknown): boolean {
    const reader = this.#line.shift();
    reader?.reject(error);
    return reader !== null;
  }

  /** Tells every reader that nothing more comes; the first gets `value`. */
  end(value: R, rest: R = undefined as R): void {
    this.#line.shift()?.resolve({ done: true, value });
    for (let reader = this.#line.shift(); reader !== null; reader = this.#line.shift()) {
      reader.resolve({ done: true, value: rest });
    }
  }
}
