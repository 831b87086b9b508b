import { errorMeant, show } from "../core/check.ts";
import { InvalidStateError } from "../core/errors.ts";

/** Where a generator stands. Python: `inspect.getgeneratorstate`. */
export type SendableState = "created" | "running" | "suspended" | "closed";

/** What `throw()` takes: an error, or a class to make one from. */
export type Throwable = Error | (new () => Error);

/**
 * A generator that is talked to by the rules of Python's PEP 342; made by {@linkcode sendable} and
 * {@linkcode coroutine}.
 *
 * - Each method returns the generator's `IteratorResult`: `{ value, done: false }` for what it yields,
 *   `{ value, done: true }` for what it returns (Python: the value of `StopIteration`).
 * - It is iterable, can be delegated to (`yield* it`), and is closed at the end of a `using` block.
 *
 * Not like Python: closing is JavaScript's own `return()`. It runs `finally` blocks but cannot be caught by
 * `catch`, since there is no `GeneratorExit`. Entering a generator that is already executing throws
 * JavaScript's `TypeError` (Python: `ValueError`).
 *
 * Source: PEP 342.
 *
 * @typeParam Y what it yields
 * @typeParam R what it returns
 * @typeParam N what is sent to it
 *
 * @example A running average
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sendable } from "@quartet/concurrency/coroutines";
 *
 * function* average(): Generator<number, number, number | null> {
 *   let total = 0, count = 0;
 *   while (true) {
 *     const value = yield count === 0 ? 0 : total / count;
 *     if (value === null) return count;
 *     total += value;
 *     count++;
 *   }
 * }
 *
 * const averaging = sendable(average());
 * averaging.next();
 * assertEquals(averaging.send(10), { value: 10, done: false });
 * assertEquals(averaging.send(20), { value: 15, done: false });
 * assertEquals(averaging.send(null), { value: 2, done: true });
 * ```
 */
export class Sendable<Y, R, N> implements Iterator<Y, R, N>, Iterable<Y, R, N>, Disposable {
  readonly #generator: Generator<Y, R, N>;
  #state: SendableState = "created";

  /** Takes over `generator`, which must not have been started. */
  constructor(generator: Generator<Y, R, N>) {
    this.#generator = generator;
  }

  /** Where the generator stands. */
  get state(): SendableState {
    return this.#state;
  }

  /**
   * Resumes the generator; `value` becomes the value of the `yield` at which it waits.
   *
   * @param value what the generator receives. Before the first `yield` nobody can receive anything, so
   *   then only `undefined` or `null` (Python's `None`) may be sent.
   * @throws {TypeError} if a value is sent before the first `yield`; the generator is not begun by that.
   */
  send(value?: N | null): IteratorResult<Y, R> {
    if (this.#state === "created" && value !== undefined && value !== null) {
      throw new TypeError(
        `Cannot send ${show(value)} to a generator that has not started: ` +
          "no yield waits for it yet; call next() first, or make it with coroutine()",
      );
    }
    return this.#resume(() => this.#generator.next(value as N));
  }

  /** Runs to the next `yield`, as a `for` loop does; a value given is sent, as `yield*` does. */
  next(value?: N): IteratorResult<Y, R> {
    return this.send(value);
  }

  /**
   * Throws `error` at the `yield` at which the generator waits.
   *
   * - If the generator catches it and goes on to a `yield` or a `return`, that is returned.
   * - If it does not, the error comes out here, and the generator is closed.
   * - A generator that has not started is closed without running a line.
   *
   * @param error an `Error`, or a class of errors, which is made then.
   * @throws {TypeError} if it is neither.
   */
  throw(error: Throwable): IteratorResult<Y, R> {
    const thrown = errorMeant(error);
    if (thrown === undefined) {
      throw new TypeError(
        `Cannot throw ${show(error)} into a generator: give an Error or a class of errors`,
      );
    }
    return this.#resume(() => this.#generator.throw(thrown));
  }

  /**
   * Ends the generator at the `yield` at which it waits: its `finally` blocks run, inner to outer.
   *
   * - The value that is returned is what a `finally` block returned, `undefined` otherwise.
   * - An error that a `finally` block throws comes out here.
   * - Closing what is closed does nothing.
   *
   * @throws {InvalidStateError} if the generator yields in its `finally` block instead of ending
   *   (Python: `RuntimeError: generator ignored GeneratorExit`).
   */
  close(): IteratorReturnResult<R | undefined> {
    const result = this.return();
    if (result.done) return result;
    throw new InvalidStateError(
      `Cannot close the generator: it yielded ${show(result.value)} while it was being closed`,
    );
  }

  /** Ends the generator as `break` in a loop does: what {@linkcode close} is made of, without its check. */
  return(value?: R): IteratorResult<Y, R> {
    return this.#resume(() => this.#generator.return(value as R));
  }

  /** The generator itself: it goes on where it stands. */
  [Symbol.iterator](): this {
    return this;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #resume(step: () => IteratorResult<Y, R>): IteratorResult<Y, R> {
    if (this.#state === "running") return step(); // refused by the platform, and rightly
    this.#state = "running";
    let done: boolean | undefined = true;
    try {
      const result = step();
      done = result.done;
      return result;
    } finally {
      this.#state = done ? "closed" : "suspended";
    }
  }
}

/**
 * Lets `generator` be talked to by the rules of PEP 342: `send`, `throw`, `close`, `next`.
 *
 * @param generator one that has not been started.
 * @throws {TypeError} if it is no generator.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { sendable } from "@quartet/concurrency/coroutines";
 *
 * function* echo(): Generator<string, void, string> {
 *   let heard = "nothing";
 *   while (true) heard = yield `heard ${heard}`;
 * }
 *
 * const echoing = sendable(echo());
 * assertThrows(() => echoing.send("too early"), TypeError);
 * assertEquals(echoing.next().value, "heard nothing");
 * assertEquals(echoing.send("hello").value, "heard hello");
 * echoing.close();
 * ```
 */
export function sendable<Y, R, N>(generator: Generator<Y, R, N>): Sendable<Y, R, N> {
  if (!isGenerator(generator)) {
    throw new TypeError(
      `Cannot send to ${show(generator)}: give a generator, that is, call the generator function`,
    );
  }
  return new Sendable(generator);
}

/** Whether `value` can be resumed, thrown into and ended, as what a generator function makes can. */
export function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const it = value as Partial<Generator>;
  return typeof it.next === "function" && typeof it.throw === "function" &&
    typeof it.return === "function" && typeof it[Symbol.iterator] === "function";
}
