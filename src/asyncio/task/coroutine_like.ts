import { isThenable } from "../../core/check.ts";
import type { Awaitable } from "./awaitable.ts";

/** Whether `value` is a generator: a coroutine that has been made and can be driven. */
export function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as Generator).next === "function" &&
    typeof (value as Generator).throw === "function";
}

/** Whether calling `fn` makes a generator and runs none of it. */
export function isGeneratorFunction(fn: object): boolean {
  return (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "GeneratorFunction";
}

/** What was given to be run: one after the other, or all in one iterable, which is no future and no generator. */
export function spread<T>(given: readonly unknown[]): Awaitable<T>[] {
  const [only] = given;
  const inOne = given.length === 1 && typeof only === "object" && only !== null &&
    Symbol.iterator in only && !isThenable(only) && !isGenerator(only);
  return [...inOne ? only as Iterable<Awaitable<T>> : given as Awaitable<T>[]];
}

/**
 * Whether `value` is a coroutine: a generator that can be driven, or the promise of an async function.
 *
 * Not like Python: a promise runs already, a generator has not begun.
 *
 * @example
 * ```ts
 * import { assert, assertFalse } from "@std/assert";
 * import { isCoroutine } from "@quartet/concurrency/asyncio";
 *
 * function* work() {
 *   yield;
 * }
 * assert(isCoroutine(work()));
 * assertFalse(isCoroutine(work));
 * ```
 */
export function isCoroutine(value: unknown): boolean {
  return isGenerator(value) || value instanceof Promise;
}

/**
 * Whether calling `value` makes a coroutine: it is an async function or a generator function.
 *
 * - Functions that only answer a promise do not count, nor do async generator functions, as in Python.
 *
 * Source: Python's `inspect.iscoroutinefunction`.
 *
 * @example
 * ```ts
 * import { assert, assertFalse } from "@std/assert";
 * import { isCoroutineFunction } from "@quartet/concurrency/asyncio";
 *
 * assert(isCoroutineFunction(async () => {}));
 * assert(isCoroutineFunction(function* () {}));
 * assertFalse(isCoroutineFunction(() => Promise.resolve()));
 * ```
 */
export function isCoroutineFunction(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return tag === "AsyncFunction" || tag === "GeneratorFunction";
}
