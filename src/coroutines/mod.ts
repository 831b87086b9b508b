/**
 * Coroutines made of plain generators: what came before `async`, and what an event loop is made of.
 *
 * | you want | take |
 * |---|---|
 * | a consumer that is fed with values | {@linkcode coroutine}, then `send()` |
 * | to talk to a generator by Python's rules (PEP 342) | {@linkcode sendable}: `send`, `throw`, `close` |
 * | to hand on another generator's values (PEP 380) | JavaScript's `yield*`; {@linkcode delegate} for iterators without `throw` |
 * | several sequences as one | {@linkcode concatSequence}, {@linkcode chain} |
 * | to see how an event loop works | {@linkcode RoundRobin} |
 * | callbacks in a chain, or as straight code, as in Twisted | {@linkcode Deferred}, {@linkcode inlineCallbacks} |
 * | straight asynchronous code as in Tornado | {@linkcode genCoroutine} |
 * | real work that waits | the tasks of `@quartet/concurrency/asyncio` |
 *
 * Not like Python:
 * - A generator that ends returns `{ done: true, value }`; there is no `StopIteration`, and so nothing that could
 *   be raised inside a generator by mistake (PEP 479).
 * - Closing runs `finally` but is not seen by `catch`: there is no `GeneratorExit`.
 * - `next(value)` on a fresh generator silently drops the value; `send(value)` here refuses it, as Python does.
 *
 * @example A pipeline: each stage is a coroutine that sends to the next
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { coroutine, type Sendable } from "@quartet/concurrency/coroutines";
 *
 * const grep = coroutine(function* (
 *   pattern: string,
 *   next: Sendable<void, void, string>,
 * ): Generator<void, void, string> {
 *   while (true) {
 *     const line = yield;
 *     if (line.includes(pattern)) next.send(line);
 *   }
 * });
 * const found: string[] = [];
 * const collect = coroutine(function* (): Generator<void, void, string> {
 *   while (true) found.push(yield);
 * });
 *
 * const pipeline = grep("py", collect());
 * for (const line of ["python", "deno", "numpy"]) pipeline.send(line);
 * assertEquals(found, ["python", "numpy"]);
 * ```
 *
 * @module
 */
export { type Chain, chain } from "./chain.ts";
export { concatSequence, type ItemOf } from "./concat_sequence.ts";
export { coroutine } from "./coroutine.ts";
export { Deferred } from "./deferred.ts";
export { delegate } from "./delegate.ts";
export { genCoroutine } from "./gen_coroutine.ts";
export { inlineCallbacks } from "./inline_callbacks.ts";
export { RoundRobin, type RoundRobinOptions, type RoundRobinStatistics } from "./round_robin.ts";
export { Sendable, sendable, type SendableState, type Throwable } from "./sendable.ts";
export type { WaitOptions } from "../core/deadline.ts";
export { CancelledError, InvalidStateError } from "../core/errors.ts";
export { Future, type FutureState } from "../core/future.ts";
export type { DoneCallback } from "../core/waker.ts";
