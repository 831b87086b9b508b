import { show } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";

/** What a context manager made of an async generator gives: the value that was yielded, until it is disposed. */
export class EnteredAsyncContext<T> implements AsyncDisposable {
  /** What the generator yielded. */
  readonly value: T;
  #exit: (() => Promise<void>) | null;

  /** For {@linkcode asyncContextManager}. */
  constructor(value: T, exit: () => Promise<void>) {
    this.value = value;
    this.#exit = exit;
  }

  /** Runs what stands after the `yield`, once, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const exit = this.#exit;
    this.#exit = null;
    await exit?.();
  }
}

/**
 * A context manager that has not been entered; made by the factory of {@linkcode asyncContextManager}.
 *
 * Nothing runs until it is awaited (then it is entered) or given to `run`. Each is entered once.
 */
export class AsyncContextManager<T> implements PromiseLike<EnteredAsyncContext<T>> {
  #open: (() => AsyncGenerator<T, unknown, unknown>) | null;

  /**
   * A context manager that has not been entered.
   *
   * @param open begins the generator.
   */
  constructor(open: () => AsyncGenerator<T, unknown, unknown>) {
    this.#open = open;
  }

  /**
   * Enters, and is what `await` calls: `await using entered = await manager`.
   *
   * Rejects with `InvalidStateError` if the generator does not yield, or this was entered before.
   */
  then<A = EnteredAsyncContext<T>, B = never>(
    onEntered?: ((entered: EnteredAsyncContext<T>) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#enter().then(onEntered, onFailed);
  }

  /**
   * Enters, runs `fn` with the value that was yielded, leaves, and returns what `fn` gave.
   *
   * Unlike a `using` block it is told of failures: what `fn` throws is thrown into the generator at its
   * `yield`, which may handle it. Then it returns `undefined`.
   */
  async run<R>(fn: (value: T) => R | PromiseLike<R>): Promise<R | undefined> {
    const generator = this.#take();
    const value = await begin(generator);
    let result: R;
    try {
      result = await fn(value);
    } catch (error) {
      const after = await generator.throw(error);
      if (after.done) return undefined;
      await generator.return(undefined);
      throw yieldedTwice({ cause: error });
    }
    await finish(generator);
    return result;
  }

  async #enter(): Promise<EnteredAsyncContext<T>> {
    const generator = this.#take();
    return new EnteredAsyncContext(await begin(generator), () => finish(generator));
  }

  #take(): AsyncGenerator<T, unknown, unknown> {
    if (this.#open === null) {
      throw new InvalidStateError("Cannot enter the context twice: call the factory again");
    }
    const generator = this.#open();
    this.#open = null;
    return generator;
  }
}

async function begin<T>(generator: AsyncGenerator<T, unknown, unknown>): Promise<T> {
  const entered = await generator.next();
  if (entered.done) throw new InvalidStateError("Cannot enter the context: it did not yield");
  return entered.value;
}

async function finish(generator: AsyncGenerator<unknown, unknown, unknown>): Promise<void> {
  if ((await generator.next()).done) return;
  await generator.return(undefined);
  throw yieldedTwice();
}

function yieldedTwice(options?: ErrorOptions): InvalidStateError {
  return new InvalidStateError("Cannot leave the context: it yielded a second time", options);
}

/**
 * Makes an async context manager of an async generator function: what stands before its one `yield` enters,
 * what stands after it leaves.
 *
 * - `await using entered = await open(…)`: entered by the `await`, left at the end of the block, however it is
 *   left; `entered.value` is what was yielded.
 * - `await open(…).run(fn)`: the same around a function; the generator is told when it fails.
 * - Put what leaves into `finally`, as in Python, so that it runs after `run` with a failing function too.
 *
 * Not like Python: a `using` block does not tell its resources why it is left, so after an error in the
 * block the generator goes on behind its `yield` as after a success. Use `run` where it must know.
 *
 * Source: `contextlib.asynccontextmanager`.
 *
 * @param generatorFn an async generator function that yields once.
 * @returns a function with the same parameters that returns the {@linkcode AsyncContextManager}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { asyncContextManager } from "@quartet/concurrency/asyncio";
 *
 * const log: string[] = [];
 * const session = asyncContextManager(async function* (user: string) {
 *   log.push(`hello ${user}`);
 *   try {
 *     yield user.toUpperCase();
 *   } finally {
 *     log.push(`bye ${user}`);
 *   }
 * });
 *
 * {
 *   await using ann = await session("ann");
 *   log.push(ann.value);
 * }
 * assertEquals(log, ["hello ann", "ANN", "bye ann"]);
 * ```
 */
export function asyncContextManager<A extends unknown[], T>(
  generatorFn: (...args: A) => AsyncGenerator<T, unknown, unknown>,
): (...args: A) => AsyncContextManager<T> {
  if (typeof generatorFn !== "function") {
    throw new TypeError(
      `Cannot make a context manager of ${show(generatorFn)}: give an async generator function`,
    );
  }
  return (...args) => new AsyncContextManager(() => generatorFn(...args));
}
