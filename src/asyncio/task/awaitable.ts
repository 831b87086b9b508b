import type { Context } from "../context/context.ts";
import type { Scope } from "../scope/scope.ts";

/** A function that a task begins: async, generator, or plain. */
export type TaskFunction<T> = () => T | PromiseLike<T> | Generator<unknown, T, unknown>;

/** What a task can run: a generator coroutine, a function that is begun in the next pass, or a promise that runs already. */
export type Awaitable<T> = PromiseLike<T> | Generator<unknown, T, unknown> | TaskFunction<T>;

/** How a task is made. */
export interface TaskOptions {
  /** What to call it; default `Task-N`. */
  name?: string;
  /** Begin now, within the call that makes it, not in the next pass; default `false`. */
  eager?: boolean;
  /** Keep trio's manners, see `Task.gentle`; default `false`. */
  gentle?: boolean;
  /** The values of its context variables; default: a copy of those of its maker. */
  context?: Context;
  /** The cancel scope that all of it is in. */
  scope?: Scope;
  /** The innermost scope of the block that it belongs to: level cancels of scopes around that block reach its waits. */
  around?: Scope | null;
}
