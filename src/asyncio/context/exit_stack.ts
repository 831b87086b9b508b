import { checkFunction } from "../../core/check.ts";
import { EnteredContext } from "./context_manager.ts";

/**
 * A pile of things to leave, last in first out: for contexts of which the number is known only at run time.
 *
 * It is JavaScript's own `DisposableStack` (`use`, `adopt`, `defer`, `move`, `dispose`) with Python's words for
 * those who think in them.
 *
 * - Leaving goes on when something fails on the way; several failures come as nested `SuppressedError`s.
 * - `popAll()` hands everything over to a new stack: the way to keep what was opened when all went well.
 *
 * Source: `contextlib.ExitStack`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ExitStack } from "@quartet/concurrency/asyncio";
 *
 * const log: number[] = [];
 * {
 *   using stack = new ExitStack();
 *   for (const n of [1, 2, 3]) stack.callback((x: number) => log.push(x), n);
 * }
 * assertEquals(log, [3, 2, 1]);
 * ```
 */
export class ExitStack extends DisposableStack {
  /** Takes over what is entered, and returns its value: what was yielded by a {@linkcode contextManager}. */
  enterContext<T>(context: EnteredContext<T>): T;
  /** Takes over what is entered, and returns it. */
  enterContext<D extends Disposable>(context: D): D;
  /** Takes over what is entered. */
  enterContext(context: Disposable): unknown {
    this.use(context);
    return context instanceof EnteredContext ? context.value : context;
  }

  /** Has `fn(...args)` called on leaving; returns `fn`. */
  callback<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): (...args: A) => unknown {
    checkFunction(fn, "fn");
    this.defer(() => void fn(...args));
    return fn;
  }

  /** Has it disposed, or called, on leaving; returns it. */
  push<E extends Disposable | (() => unknown)>(exit: E): E {
    if (typeof exit === "function") this.defer(() => void exit());
    else this.use(exit);
    return exit;
  }

  /** Hands everything over to a new stack; this one leaves nothing any more. */
  popAll(): ExitStack {
    const next = new ExitStack();
    next.use(this.move());
    return next;
  }

  /** Leaves everything now. */
  close(): void {
    this.dispose();
  }
}
