import { checkFunction } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { type AsyncContextManager, EnteredAsyncContext } from "./async_context_manager.ts";
import { EnteredContext } from "./context_manager.ts";

/** What an {@linkcode AsyncExitStack} can leave. */
export type AnyDisposable = Disposable | AsyncDisposable;

/**
 * A pile of things to leave, last in first out, some of which take their time over it.
 *
 * It is JavaScript's own `AsyncDisposableStack` (`use`, `adopt`, `defer`, `move`, `disposeAsync`) with Python's
 * words for those who think in them.
 *
 * - Each is left, and waited for, before the next one; leaving goes on when something fails on the way, and
 *   several failures come as nested `SuppressedError`s.
 * - `popAll()` hands everything over to a new stack: the way to keep what was opened when all went well.
 *
 * Source: `contextlib.AsyncExitStack`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { AsyncExitStack, asyncContextManager } from "@quartet/concurrency/asyncio";
 *
 * const log: string[] = [];
 * const open = asyncContextManager(async function* (name: string) {
 *   try {
 *     yield name;
 *   } finally {
 *     log.push(`close ${name}`);
 *   }
 * });
 *
 * {
 *   await using stack = new AsyncExitStack();
 *   for (const name of ["a", "b"]) log.push(await stack.enterAsyncContext(open(name)));
 * }
 * assertEquals(log, ["a", "b", "close b", "close a"]);
 * ```
 */
export class AsyncExitStack extends AsyncDisposableStack {
  /** Enters a context manager that was not entered, takes it over, and returns its value. */
  enterAsyncContext<T>(context: AsyncContextManager<T>): Promise<T>;
  /** Takes over what is entered, or will be when the promise resolves, and returns its value. */
  enterAsyncContext<T>(
    context: EnteredAsyncContext<T> | PromiseLike<EnteredAsyncContext<T>>,
  ): Promise<T>;
  /** Takes over what is entered, or will be when the promise resolves, and returns it. */
  enterAsyncContext<D extends AnyDisposable>(context: D | PromiseLike<D>): Promise<D>;
  /** Takes over what is entered. */
  async enterAsyncContext(context: AnyDisposable | PromiseLike<AnyDisposable>): Promise<unknown> {
    const entered = await context;
    if (this.disposed) return await this.#refuse(entered);
    this.use(entered);
    return entered instanceof EnteredAsyncContext ? entered.value : this.#valueOf(entered);
  }

  /** Takes over what is entered and left without waiting, and returns its value. */
  enterContext<T>(context: EnteredContext<T>): T;
  /** Takes over what is entered and left without waiting, and returns it. */
  enterContext<D extends Disposable>(context: D): D;
  /** Takes over what is entered. */
  enterContext(context: Disposable): unknown {
    this.use(context);
    return this.#valueOf(context);
  }

  /** Has `fn(...args)` called, and waited for, on leaving; returns `fn`. */
  callback<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): (...args: A) => unknown {
    checkFunction(fn, "fn");
    this.defer(async () => void await fn(...args));
    return fn;
  }

  /** The same as `callback`, under Python's name for functions that take their time. */
  pushAsyncCallback<A extends unknown[]>(
    fn: (...args: A) => unknown,
    ...args: A
  ): (...args: A) => unknown {
    checkFunction(fn, "fn");
    return this.callback(fn, ...args);
  }

  /** Has it disposed, or called and waited for, on leaving; returns it. */
  pushAsyncExit<E extends AnyDisposable | (() => unknown)>(exit: E): E {
    if (typeof exit === "function") this.defer(async () => void await exit());
    else this.use(exit);
    return exit;
  }

  /** The same as `pushAsyncExit`. */
  push<E extends AnyDisposable | (() => unknown)>(exit: E): E {
    return this.pushAsyncExit(exit);
  }

  /** Hands everything over to a new stack; this one leaves nothing any more. */
  popAll(): AsyncExitStack {
    const next = new AsyncExitStack();
    next.use(this.move());
    return next;
  }

  /** Leaves everything now, and waits for it. */
  aclose(): Promise<void> {
    return this.disposeAsync();
  }

  /** The stack was left while the context was being entered: that must not stay open. */
  async #refuse(entered: AnyDisposable): Promise<never> {
    await using _tooLate = entered;
    throw new InvalidStateError(
      "Cannot enter a context in a stack: it has been left; make a new one",
    );
  }

  #valueOf(entered: AnyDisposable): unknown {
    return entered instanceof EnteredContext ? entered.value : entered;
  }
}
