/** Which errors are meant: those of a class, of one of several classes, or those that pass a test. */
export type ErrorCondition =
  | (abstract new (...args: never[]) => Error)
  | readonly (abstract new (...args: never[]) => Error)[]
  | ((error: Error) => boolean);

/**
 * Several failures that happened side by side, thrown as one.
 *
 * - It is an `AggregateError`: its `errors` are the `exceptions`, in the order in which they happened.
 * - Groups nest: a failing task group inside of another gives a group in a group.
 * - `split` and `subgroup` pick by class and keep the nesting; what `except*` does is
 *   `const [mine, rest] = group.split(MyError)`, then `if (rest) throw rest`.
 *
 * Source: PEP 654.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ExceptionGroup } from "@quartet/concurrency/asyncio";
 *
 * const group = new ExceptionGroup("two went wrong", [new TypeError("a"), new RangeError("b")]);
 * const [types, rest] = group.split(TypeError);
 * assertEquals(types?.exceptions.map((error) => error.message), ["a"]);
 * assertEquals(rest?.exceptions.map((error) => error.message), ["b"]);
 * ```
 */
export class ExceptionGroup extends AggregateError {
  static {
    this.prototype.name = "ExceptionGroup";
  }

  /**
   * Puts the failures together.
   *
   * @param message what went wrong, as a whole.
   * @param exceptions the failures; at least one.
   * @throws {RangeError} if there are none.
   * @throws {TypeError} if one of them is no error.
   */
  constructor(message: string, exceptions: Iterable<Error>, options?: ErrorOptions) {
    const all = [...exceptions];
    if (all.length === 0) throw new RangeError("Cannot make an ExceptionGroup of no exceptions");
    const wrong = all.findIndex((each) => !(each instanceof Error));
    if (wrong >= 0) {
      throw new TypeError(
        `Cannot make an ExceptionGroup: exceptions[${wrong}] is ${
          String(all[wrong])
        }, not an Error`,
      );
    }
    super(all, message, options);
  }

  /** The failures, in the order in which they happened; the same as `errors`. */
  get exceptions(): readonly Error[] {
    return this.errors;
  }

  /** The part that fits, with its nesting; `null` when nothing does. */
  subgroup(condition: ErrorCondition): ExceptionGroup | null {
    return this.split(condition)[0];
  }

  /** The part that fits and the rest, each with its nesting, `null` when empty. */
  split(condition: ErrorCondition): [ExceptionGroup | null, ExceptionGroup | null] {
    const fits = testOf(condition);
    if (fits(this)) return [this, null];
    const matching: Error[] = [];
    const rest: Error[] = [];
    for (const error of this.exceptions) {
      if (error instanceof ExceptionGroup) {
        const [yes, no] = error.split(fits);
        if (yes !== null) matching.push(yes);
        if (no !== null) rest.push(no);
      } else (fits(error) ? matching : rest).push(error);
    }
    return [this.#part(matching), this.#part(rest)];
  }

  /** A group like this one of other exceptions; override it to keep fields of your own. */
  derive(exceptions: Iterable<Error>): ExceptionGroup {
    return new ExceptionGroup(this.message, exceptions);
  }

  #part(exceptions: Error[]): ExceptionGroup | null {
    if (exceptions.length === 0) return null;
    const part = this.derive(exceptions);
    part.stack = this.stack;
    part.cause = this.cause;
    return part;
  }
}

function testOf(condition: ErrorCondition): (error: Error) => boolean {
  if (typeof condition === "object") {
    const tests = condition.map(testOf);
    return (error) => tests.some((fits) => fits(error));
  }
  if (condition === Error || condition.prototype instanceof Error) {
    const type = condition as abstract new (...args: never[]) => Error;
    return (error) => error instanceof type;
  }
  return condition as (error: Error) => boolean;
}
