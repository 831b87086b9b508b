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

/** Whether `value` holds several things to run, and is none itself. */
export function isSeveral<T>(value: unknown): value is Iterable<Awaitable<T>> {
  return typeof value === "object" && value !== null && Symbol.iterator in value &&
    !isThenable(value) && !isGenerator(value);
}

/** What was given to be run: one after the other, or all in one iterable. */
export function spread<T>(given: readonly unknown[]): Awaitable<T>[] {
  return [...given.length === 1 && isSeveral<T>(given[0]) ? given[0] : given as Awaitable<T>[]];
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
 * - Functions that only return a promise do not count, nor do async generator functions, as in Python.
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
