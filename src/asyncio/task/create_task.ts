import { eventLoop } from "../loop/loops.ts";
import type { Awaitable, TaskOptions } from "./awaitable.ts";
import type { Task } from "./task.ts";

/**
 * Makes a task, which begins in the loop's next pass.
 *
 * - `work` is a generator coroutine, a function (async, generator or plain) that is then called, or a
 *   promise, which runs already.
 * - Tasks begin in the order in which they were made.
 * - Outside of any loop the task belongs to the thread's ambient loop.
 *
 * @param options.name what to call it; default `Task-N`.
 * @throws {TypeError} if `work` is none of these.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTask, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * async function greet(name: string, delay: number) {
 *   await sleep(delay);
 *   return `hello ${name}`;
 * }
 * await run(async () => {
 *   const bob = createTask(() => greet("bob", 3));
 *   const alice = createTask(() => greet("alice", 1));
 *   assertEquals([await bob, await alice], ["hello bob", "hello alice"]);
 * });
 * ```
 */
export function createTask<T>(work: Awaitable<T>, options?: TaskOptions): Task<T> {
  return eventLoop().createTask(work, options);
}
