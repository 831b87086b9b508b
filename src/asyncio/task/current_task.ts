import { aliveTasks } from "./task_registry.ts";
import type { EventLoop } from "../loop/event_loop.ts";
import { loopForUse, taskHere } from "../loop/running_loop.ts";
import type { Task } from "./task.ts";

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
  return taskHere();
}

/**
 * The tasks of a loop that have not ended.
 *
 * @param loop default: the loop that runs here.
 */
export function allTasks(loop: EventLoop = loopForUse()): Set<Task<unknown>> {
  const tasks = [...aliveTasks()].filter((task) => task.getLoop() === loop);
  return new Set(tasks.reverse());
}
