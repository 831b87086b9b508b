import { checkFunction } from "../../core/check.ts";
import { currentWork, type Work } from "../../core/current.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { setContextNaming, setInheritance } from "../../core/inheritance.ts";
import { ownStorage } from "../../core/flow/work_flow.ts";
import { onNextThread } from "../../core/parts.ts";
import type { ContextVar } from "./context_var.ts";

/**
 * Where the values of context variables are found:
 *
 *     a block run by Context.run()  ──▶ that context, for the work it was entered in
 *     else a task                   ──▶ the task's own: a copy of its maker's, taken when it was made
 *     else                          ──▶ the one of this thread
 *
 * A task's context hangs on the task, so that a task costs nothing for it but one field, and a wait nothing at all.
 */

/** A `Context.run` that the flow of control is in. */
interface Entry {
  readonly context: Context;
  /** The work it was entered in: tasks made inside have a context of their own. */
  readonly work: Work | undefined;
}

type Variable = ContextVar<unknown>;

const flow = ownStorage<Entry>();

/** Reads and writes without the public checks; given out by the class itself. */
let valuesOf: (context: Context) => ReadonlyMap<Variable, unknown>;
let write: (context: Context, variable: Variable, value: unknown, present: boolean) => void;

/**
 * The values of all context variables at one moment, or of one task.
 *
 * - `copyContext()` and `copy()` are snapshots: later changes on either side are not seen on the other. They cost
 *   the same however many variables there are.
 * - `run(fn)` runs `fn` with this context in place; what it sets stays in it.
 *
 * Not like Python: when `fn` is an async function, the context stays in place for all of it, past its awaits too
 * (in Python, calling an async function runs nothing yet).
 *
 * Source: PEP 567, `contextvars.Context`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ContextVar, copyContext } from "@quartet/concurrency/asyncio";
 *
 * const user = new ContextVar<string>("user", { default: "nobody" });
 * const context = copyContext();
 * context.run(() => user.set("ann"));
 * assertEquals(context.get(user), "ann");
 * assertEquals(user.get(), "nobody");
 * ```
 */
export class Context implements Iterable<[ContextVar<unknown>, unknown]> {
  #values: Map<Variable, unknown> = new Map();
  /** Whether another context may hold the same map: then it is copied before it is written to. */
  #shared = false;
  #entered = false;

  static {
    valuesOf = (context) => context.#values;
    write = (context, variable, value, present) => context.#write(variable, value, present);
  }

  /** How many variables have a value here. */
  get size(): number {
    return this.#values.size;
  }

  /** Whether `variable` has a value here; its default does not count. */
  has<T>(variable: ContextVar<T>): boolean {
    return this.#values.has(variable as Variable);
  }

  /** The value of `variable` here; `undefined` when it has none, its default does not count. */
  get<T>(variable: ContextVar<T>): T | undefined {
    return this.#values.get(variable as Variable) as T | undefined;
  }

  /** A snapshot. */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#values;
    copy.#shared = this.#shared = true;
    return copy;
  }

  /**
   * Runs `fn` with this context in place and returns what it gives.
   *
   * @throws {InvalidStateError} if this context is in place already: enter a copy.
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    checkFunction(fn, "fn");
    if (this.#entered) {
      throw new InvalidStateError(
        "Cannot enter the context: it is entered already; run in a copy()",
      );
    }
    this.#entered = true;
    try {
      return flow.run({ context: this, work: currentWork() }, () => fn(...args));
    } finally {
      this.#entered = false;
    }
  }

  /** Each variable with its value. */
  [Symbol.iterator](): MapIterator<[ContextVar<unknown>, unknown]> {
    return this.#values.entries();
  }

  #write(variable: Variable, value: unknown, present: boolean): void {
    if (this.#shared) {
      this.#values = new Map(this.#values);
      this.#shared = false;
    }
    if (present) this.#values.set(variable, value);
    else this.#values.delete(variable);
  }
}

let ofThread = new Context();

onNextThread(() => {
  ofThread = new Context();
});

/** The context that is in place. */
export function currentContext(): Context {
  const work = currentWork();
  const entry = flow.getStore();
  if (entry !== undefined && entry.work === work) return entry.context;
  if (work === undefined) return ofThread;
  work.context ??= new Context();
  return work.context as Context;
}

/** The values in a context, for {@link ContextVar}. */
export function valuesIn(context: Context): ReadonlyMap<ContextVar<unknown>, unknown> {
  return valuesOf(context);
}

/** Sets or takes away a value in a context, for {@link ContextVar}. */
export function writeTo(
  context: Context,
  variable: ContextVar<unknown>,
  value: unknown,
  present: boolean,
): void {
  write(context, variable, value, present);
}

/** From now on new work takes over a copy of its maker's context. */
export function passContextsOn(): void {
  setInheritance(() => {
    const context = currentContext();
    return context.size === 0 ? undefined : context.copy();
  });
  setContextNaming(() => {
    const named = { ...currentWork()?.carried };
    for (const [variable, value] of currentContext()) named[variable.name] = value;
    return named;
  });
}

/** The value that came along from another thread or process for a variable of this name: `[value]`, or nothing. */
export function carriedValue(name: string): readonly [] | readonly [unknown] {
  const carried = currentWork()?.carried;
  return carried !== undefined && Object.hasOwn(carried, name) ? [carried[name]] : [];
}

/**
 * A snapshot of the context that is in place.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ContextVar, copyContext } from "@quartet/concurrency/asyncio";
 *
 * const depth = new ContextVar("depth", { default: 0 });
 * depth.set(1);
 * const before = copyContext();
 * depth.set(2);
 * assertEquals([before.get(depth), depth.get()], [1, 2]);
 * ```
 */
export function copyContext(): Context {
  return currentContext().copy();
}
