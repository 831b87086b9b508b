import type { Loop } from "../loop/contract.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import type { Task } from "./task.ts";
import { tasksOf } from "./task_registry.ts";

/**
 * The task that runs here; `null` outside of any.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTask, currentTask, run } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const name = await createTask(() => currentTask()?.name, { name: "worker" });
 *   assertEquals(name, "worker");
 * });
 * ```
 */
export function currentTask(): Task<unknown> | null {
  return runningTask() as Task<unknown> | null;
}

/**
 * The tasks of a loop that have not ended.
 *
 * @param loop default: the loop that runs here.
 */
export function allTasks(loop: Loop = runningOrDefaultLoop()): Set<Task<unknown>> {
  return tasksOf(loop) as Set<Task<unknown>>;
}
