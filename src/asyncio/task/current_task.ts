import { registeredTasks } from "./task_registry.ts";
import type { EventLoop } from "../loop/event_loop.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
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
  return runningTask();
}

/**
 * The tasks of a loop that have not ended.
 *
 * @param loop default: the loop that runs here.
 */
export function allTasks(loop: EventLoop = runningOrDefaultLoop()): Set<Task<unknown>> {
  const tasks = [...registeredTasks()].filter((task) => task.getLoop() === loop);
  return new Set(tasks.reverse());
}
