import { Greenlet, type Returned } from "./greenlet.ts";

/**
 * Makes a greenlet that runs `fn(...args)`, and starts it.
 *
 * It begins when the caller next waits; greenlets begin in the order of their spawning.
 *
 * @param fn an async function, a generator function, or a plain one.
 * @throws {TypeError} if `fn` is no function.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { spawn } from "@quartet/concurrency/gevent";
 *
 * const sum = spawn((a: number, b: number) => a + b, 1, 2);
 * assertEquals(await sum.get(), 3);
 * ```
 */
export function spawn<A extends unknown[], R>(
  fn: (...args: A) => R,
  ...args: A
): Greenlet<Returned<R>> {
  return Greenlet.spawn(fn, ...args);
}

/**
 * Makes a greenlet that begins after `delay` milliseconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { spawnLater } from "@quartet/concurrency/gevent";
 *
 * assertEquals(await spawnLater(1, () => "later").get(), "later");
 * ```
 */
export function spawnLater<A extends unknown[], R>(
  delay: number,
  fn: (...args: A) => R,
  ...args: A
): Greenlet<Returned<R>> {
  return Greenlet.spawnLater(delay, fn, ...args);
}
