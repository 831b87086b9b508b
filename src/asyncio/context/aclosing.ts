import { show } from "../../core/check.ts";
import { openSource, type Source } from "../iterators/async_source.ts";

/** What can be closed with a wait: an async generator (`return`), or anything with `aclose` or `close`. */
export type AsyncClosable =
  | { return(value?: unknown): unknown }
  | { aclose(): unknown }
  | { close(): unknown };

/** What {@linkcode aclosing} gives: the thing, until it is closed; iterable if the thing is. */
export class AsyncClosing<T extends AsyncClosable> implements AsyncDisposable {
  /** What will be closed. */
  readonly value: T;
  #closed = false;

  /** For {@linkcode aclosing}. */
  constructor(value: T) {
    this.value = value;
  }

  /** Iterates over the thing; ending the loop early closes a generator already. */
  [Symbol.asyncIterator](): AsyncIterator<ItemOfAsync<T>> {
    return openSource(this.value as unknown as Source<ItemOfAsync<T>>);
  }

  /** Closes the thing, once, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const value = this.value;
    if ("aclose" in value) await value.aclose();
    else if ("return" in value) await value.return();
    else await value.close();
  }
}

/** The type of an async iterable's items. */
export type ItemOfAsync<I> = I extends AsyncIterable<infer T> ? T
  : I extends Iterable<infer T> ? T
  : never;

/**
 * Closes `thing` at the end of an `await using` block: an async generator above all, which is not closed when
 * one just stops asking it.
 *
 * - `await using items = aclosing(generator())`, then `for await (const item of items)`, or `items.value`.
 * - A generator is closed by `return()`: its `finally` blocks run and are waited for. Anything else by its
 *   `aclose()` or `close()`.
 *
 * Source: `contextlib.aclosing`.
 *
 * @throws {TypeError} if it cannot be closed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { aclosing } from "@quartet/concurrency/asyncio";
 *
 * const log: string[] = [];
 * async function* ticks() {
 *   try {
 *     for (let n = 0;; n++) yield n;
 *   } finally {
 *     log.push("closed");
 *   }
 * }
 * {
 *   await using running = aclosing(ticks());
 *   log.push(`${(await running.value.next()).value}`);
 * }
 * assertEquals(log, ["0", "closed"]);
 * ```
 */
export function aclosing<T extends AsyncClosable>(thing: T): AsyncClosing<T> {
  const candidate = Object(thing) as Record<string, unknown>;
  if (["aclose", "return", "close"].every((name) => typeof candidate[name] !== "function")) {
    throw new TypeError(
      `Cannot close ${show(thing)}: it has neither aclose() nor return() nor close()`,
    );
  }
  return new AsyncClosing(thing);
}
