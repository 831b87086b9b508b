import { show } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";

/** What a generator-made context manager gives: the value that was yielded, until it is disposed. */
export class EnteredContext<T> implements Disposable {
  /** What the generator yielded. */
  readonly value: T;
  #exit: (() => void) | null;

  /** For {@linkcode contextManager}. */
  constructor(value: T, exit: () => void) {
    this.value = value;
    this.#exit = exit;
  }

  /** Runs what stands after the `yield`, once. */
  [Symbol.dispose](): void {
    const exit = this.#exit;
    this.#exit = null;
    exit?.();
  }
}

/**
 * Makes a context manager of a generator function: what stands before its one `yield` enters, what stands
 * after it leaves.
 *
 * The synchronous sister of {@linkcode asyncContextManager}; see there for what a `using` block cannot tell.
 *
 * Source: `contextlib.contextmanager`.
 *
 * @param generatorFn a generator function that yields once.
 * @returns a function with the same parameters that enters and returns the {@linkcode EnteredContext}.
 * @throws {InvalidStateError} when called, if the generator does not yield; when disposed, if it yields again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { contextManager } from "@quartet/concurrency/asyncio";
 *
 * const log: string[] = [];
 * const tag = contextManager(function* (name: string) {
 *   log.push(`<${name}>`);
 *   try {
 *     yield name.length;
 *   } finally {
 *     log.push(`</${name}>`);
 *   }
 * });
 * {
 *   using title = tag("h1");
 *   log.push(`${title.value}`);
 * }
 * assertEquals(log, ["<h1>", "2", "</h1>"]);
 * ```
 */
export function contextManager<A extends unknown[], T>(
  generatorFn: (...args: A) => Generator<T, unknown, unknown>,
): (...args: A) => EnteredContext<T> {
  if (typeof generatorFn !== "function") {
    throw new TypeError(
      `Cannot make a context manager of ${show(generatorFn)}: give a generator function`,
    );
  }
  return (...args) => {
    const generator = generatorFn(...args);
    const entered = generator.next();
    if (entered.done) throw new InvalidStateError("Cannot enter the context: it did not yield");
    return new EnteredContext(entered.value, () => {
      if (generator.next().done) return;
      generator.return(undefined);
      throw new InvalidStateError("Cannot leave the context: it yielded a second time");
    });
  };
}
