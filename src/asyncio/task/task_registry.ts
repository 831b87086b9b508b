import { addLiveSource } from "../../core/parts.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/**
 * The tasks that have not ended, of all loops of this thread, the youngest first.
 *
 * They are held strongly: a task that nobody keeps is not lost (CPython's loop holds tasks weakly, and
 * loses them). A list through the tasks themselves, since a set would cost each task more than its list.
 */
let youngest: TaskLike<unknown> | null = null;

addLiveSource("task", function* (): Generator<string> {
  for (const task of registeredTasks()) yield task.name;
});

/** All of them. */
export function* registeredTasks(): Generator<TaskLike<unknown>> {
  for (let task = youngest; task !== null;) {
    const next: TaskLike<unknown> | null = task.older;
    yield task;
    task = next;
  }
}

/** Those of a loop, the oldest first. */
export function tasksOf(loop: Loop): Set<TaskLike<unknown>> {
  const tasks = [...registeredTasks()].filter((task) => task.getLoop() === loop);
  return new Set(tasks.reverse());
}

/** Adds a task. */
export function enlist(task: TaskLike<unknown>): void {
  task.older = youngest;
  if (youngest !== null) youngest.younger = task;
  youngest = task;
}

/** Takes a task out; a second time nothing happens. */
export function strike(task: TaskLike<unknown>): void {
  if (youngest === task) youngest = task.older;
  else if (task.younger !== null) task.younger.older = task.older;
  else return;
  if (task.older !== null) task.older.younger = task.younger;
  task.older = task.younger = null;
  // Else each task of a chain, made by the one before, would keep all before it.
  task.parent = null;
}
