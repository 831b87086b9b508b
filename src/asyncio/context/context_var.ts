import { checkOptions, show } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";
import {
  carriedValue,
  type Context,
  currentContext,
  passContextsOn,
  valuesIn,
  writeTo,
} from "./context.ts";

/** How a {@linkcode ContextVar} begins. */
export interface ContextVarOptions<T> {
  /** What `get()` returns where no value was set. */
  readonly default?: T;
}

/**
 * What {@linkcode ContextVar.set} returns: the way back to the value before.
 *
 * It is disposable, so a value can be set for one block: `using _ = variable.set(value)`.
 */
export class Token<T> implements Disposable {
  /** Stands for "had no value" in {@linkcode Token.oldValue}. */
  static readonly MISSING: unique symbol = Symbol("Token.MISSING");

  /** The variable that was set. */
  readonly variable: ContextVar<T>;
  /** The value before, or `Token.MISSING`. */
  readonly oldValue: T | typeof Token.MISSING;
  readonly #context: Context;
  #used = false;

  /** For {@linkcode ContextVar.set}. */
  constructor(variable: ContextVar<T>, oldValue: T | typeof Token.MISSING, context: Context) {
    this.variable = variable;
    this.oldValue = oldValue;
    this.#context = context;
  }

  /**
   * Claims the one use of this token, for `variable` in `context`.
   *
   * @throws {InvalidStateError} if it was used before.
   * @throws {RangeError} if it is of another variable or another context.
   */
  use(variable: ContextVar<T>, context: Context): void {
    if (this.#used) {
      throw new InvalidStateError("Cannot reset the context variable: its token was used already");
    }
    if (variable !== this.variable) {
      throw new RangeError(
        `Cannot reset ${variable.name}: the token is of ${this.variable.name}, another variable`,
      );
    }
    if (context !== this.#context) {
      throw new RangeError(
        `Cannot reset ${variable.name}: the token was made in another context (another task)`,
      );
    }
    this.#used = true;
  }

  /** Puts the value before back, once; a token that was used does nothing. */
  [Symbol.dispose](): void {
    if (!this.#used) this.variable.reset(this);
  }
}

/**
 * A variable with a value of its own in each task: what a request or a user is, without passing it along.
 *
 * - A task begins with the values of the code that made it, and what it sets its maker does not see.
 * - `set()` returns a token that leads back, by `reset(token)` or at the end of a `using` block.
 * - Callbacks (`callSoon`, `callLater`, `addDoneCallback`, signal handlers) see a copy of the values of the code that
 *   asked for them, as in Python. Code outside of any task shares the values of its thread.
 * - A program that uses none pays nothing for them; one that does pays for making tasks, not for waiting.
 *
 * Not like Python: a thread or process (`toThread` included) begins with no values, unless the job is submitted with
 * `{ context: true }`: then the values go along as copies, and variables find theirs by their name.
 *
 * Source: PEP 567, `contextvars.ContextVar`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ContextVar } from "@quartet/concurrency/asyncio";
 *
 * const user = new ContextVar<string>("user", { default: "nobody" });
 * {
 *   using _ = user.set("ann");
 *   assertEquals(user.get(), "ann");
 * }
 * assertEquals(user.get(), "nobody");
 * ```
 */
export class ContextVar<T> {
  /** What it is called in messages. */
  readonly name: string;
  readonly #fallback: readonly [] | readonly [T];

  /**
   * A variable without a value.
   *
   * @throws {TypeError} if `name` is no string.
   */
  constructor(name: string, options: ContextVarOptions<T> = {}) {
    checkOptions(options, "new ContextVar()", "default: 1");
    if (typeof name !== "string") {
      throw new TypeError(`Cannot name a context variable ${show(name)}: give a string`);
    }
    this.name = name;
    this.#fallback = "default" in options ? [options.default as T] : [];
    passContextsOn();
  }

  /** The value here; without one `fallback`, without that the variable's default. */
  get(): T;
  /** The value here; without one `fallback`. */
  get<D>(fallback: D): T | D;
  /**
   * The value here.
   *
   * @throws {InvalidStateError} if there is no value, no fallback and no default (Python: `LookupError`).
   */
  get(...fallback: [] | [unknown]): unknown {
    const values = valuesIn(currentContext());
    const value = values.get(this as ContextVar<unknown>);
    if (value !== undefined || values.has(this as ContextVar<unknown>)) return value;
    const carried = carriedValue(this.name);
    if (carried.length === 1) return carried[0];
    if (fallback.length === 1) return fallback[0];
    if (this.#fallback.length === 1) return this.#fallback[0];
    throw new InvalidStateError(
      `Cannot read the context variable ${this.name}: it has no value here and no default; use get(fallback)`,
    );
  }

  /** Gives it a value here; the token leads back. */
  set(value: T): Token<T> {
    const context = currentContext();
    const self = this as ContextVar<unknown>;
    const values = valuesIn(context);
    const before = values.has(self) ? values.get(self) as T : Token.MISSING;
    writeTo(context, self, value, true);
    return new Token<T>(this, before, context);
  }

  /**
   * Puts back the value that was there before the `set()` that made `token`.
   *
   * @throws {InvalidStateError} if the token was used before.
   * @throws {RangeError} if it is of another variable, or of another context.
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) {
      throw new TypeError(`Cannot reset to token ${show(token)}: give what set() returned`);
    }
    const context = currentContext();
    token.use(this, context);
    const before = token.oldValue;
    writeTo(context, this as ContextVar<unknown>, before, before !== Token.MISSING);
  }
}
