import { show } from "../core/check.ts";
import { setTimer } from "../core/clock.ts";
import { Future } from "../core/future.ts";
import { isWaitable, watch } from "./deferred.ts";
import { isGenerator } from "./sendable.ts";
import { type Outcome, Stepper } from "./stepper.ts";

/**
 * Writes asynchronous code as a generator that yields what it waits for: Tornado's way.
 *
 * - Yield a future, a promise or a `Deferred`: the generator goes on with its result, or with its error
 *   thrown at the `yield`. `yield* future` does the same and keeps the type.
 * - Yield an array or a plain object of these: they are waited for together, and an array or object of their
 *   results comes back. If one fails, its error is thrown once all have ended; if several do, an `AggregateError`.
 * - Yield nothing (`yield;`): the event loop gets a turn.
 * - Anything else that is yielded is thrown back as a `TypeError` (Tornado: `BadYieldError`).
 * - The generator is begun at once and runs to its first wait before the call returns.
 * - Cancelling the future that the call returns ends the generator: its `finally` blocks run.
 *
 * Source: `tornado.gen.coroutine`.
 *
 * @param genFn the generator function.
 * @returns a function with the same parameters that returns a `Future`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { genCoroutine } from "@quartet/concurrency/coroutines";
 *
 * const load = (name: string): Promise<string> => Promise.resolve(`<${name}>`);
 *
 * const page = genCoroutine(function* (title: string) {
 *   const head: string = yield load(title);
 *   const [left, right]: [string, string] = yield [load("left"), load("right")];
 *   return head + left + right;
 * });
 *
 * assertEquals(await page("title"), "<title><left><right>");
 * ```
 */
export function genCoroutine<This, A extends unknown[], R>(
  // deno-lint-ignore no-explicit-any -- what comes back from a yield differs from yield to yield
  genFn: (this: This, ...args: A) => Generator<unknown, R, any>,
): (this: This, ...args: A) => Future<R> {
  if (typeof genFn !== "function") {
    throw new TypeError(
      `Cannot make a coroutine of ${show(genFn)}: genFn must be a generator function`,
    );
  }
  return function (this: This, ...args: A): Future<R> {
    const generator = genFn.apply(this, args);
    if (!isGenerator(generator)) {
      throw new TypeError(
        `Cannot run ${show(genFn)}: it gave ${show(generator)}, no generator`,
      );
    }
    const future = new Future<R>();
    const stepper = new Stepper(generator, {
      wait: (yielded) => waitForAll(yielded, (outcome) => stepper.resume(outcome)),
      end: ({ failed, value }) => {
        if (failed) future.setException(value);
        else future.setResult(value as R);
      },
    });
    future.addDoneCallback(() => stepper.close());
    stepper.resume({ failed: false, value: undefined });
    return future;
  };
}

/** Waits for whatever may be yielded. */
function waitForAll(yielded: unknown, tell: (outcome: Outcome) => void): void {
  if (yielded === undefined || yielded === null) {
    setTimer(() => tell({ failed: false, value: undefined }), 0);
  } else if (isWaitable(yielded)) {
    watch(yielded, tell).begin();
  } else if (Array.isArray(yielded)) {
    waitForEach(yielded, (values) => values, tell);
  } else if (isPlainObject(yielded)) {
    const keys = Object.keys(yielded);
    const named = (values: unknown[]): unknown =>
      Object.fromEntries(keys.map((key, i) => [key, values[i]]));
    waitForEach(Object.values(yielded), named, tell);
  } else {
    throw new TypeError(
      `Cannot wait for ${
        show(yielded)
      }: yield a future, a promise, or an array or plain object of them`,
    );
  }
}

function waitForEach(
  parts: readonly unknown[],
  combine: (values: unknown[]) => unknown,
  tell: (outcome: Outcome) => void,
): void {
  const stranger = parts.findIndex((part) => !isWaitable(part));
  if (stranger !== -1) {
    throw new TypeError(
      `Cannot wait for ${show(parts[stranger])}: each part must be a future or a promise`,
    );
  }
  const values: unknown[] = new Array(parts.length);
  const errors: unknown[] = [];
  let left = parts.length;
  const end = (): void => {
    if (errors.length === 0) tell({ failed: false, value: combine(values) });
    else if (errors.length === 1) tell({ failed: true, value: errors[0] });
    else {
      const value = new AggregateError(errors, `${errors.length} of ${parts.length} waits failed`);
      tell({ failed: true, value });
    }
  };
  if (left === 0) end();
  parts.forEach((part, i) =>
    watch(part as PromiseLike<unknown>, ({ failed, value }) => {
      if (failed) errors.push(value);
      else values[i] = value;
      if (--left === 0) end();
    }).begin()
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
