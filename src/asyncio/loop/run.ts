import type { Awaitable } from "../task/awaitable.ts";
import { refuseInsideLoop, Runner, type RunOptions } from "./runner.ts";

/**
 * Runs `main` in a loop of its own, and returns its result.
 *
 * - `main` is a function or a generator; a promise is accepted, but what it began before did so outside of the loop.
 * - At the end, tasks that are left are cancelled and awaited, and the default executor is ended.
 * - Only at the outside: inside of a running loop, `await` instead.
 *
 * Not like Python: the thread cannot be blocked; await the promise.
 *
 * Source: Python's `asyncio.run`.
 *
 * @param options.debug warn of slow steps, and tell where tasks were made; default `false`.
 * @param options.loopFactory makes the loop; default: a new `EventLoop`.
 * @throws {InvalidStateError} inside of a running loop.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { run, sleep } from "@quartet/concurrency/asyncio";
 *
 * const greeting = await run(async () => {
 *   await sleep(1);
 *   return "Hello, world!";
 * });
 * assertEquals(greeting, "Hello, world!");
 * ```
 */
export async function run<T>(main: Awaitable<T>, options: RunOptions = {}): Promise<T> {
  refuseInsideLoop("run()");
  const runner = new Runner(options);
  try {
    return await runner.run(main);
  } finally {
    await runner.close();
  }
}
