import { FollowedTask } from "./followed_task.ts";
import { tasksOf } from "./task_registry.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import type { Cancellable, Loop, TaskLike } from "../loop/contract.ts";

/**
 * The tasks of a loop that have not ended, drawn as a tree of who made them; for looking at a program that hangs.
 *
 * - One line for each: name, state, what it waits for, and in debug mode where it was made.
 *
 * Source: gevent's `print_run_info`; Python 3.14's `asyncio pstree`.
 *
 * @param loop default: the loop that runs here.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createTask, run, sleep, taskTree } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   createTask(() => sleep(1000), { name: "sleeper" });
 *   await sleep(0);
 *   assertStringIncludes(taskTree(), "sleeper");
 * });
 * ```
 */
export function taskTree(loop: Loop = runningOrDefaultLoop()): string {
  const children = new Map<TaskLike<unknown> | null, TaskLike<unknown>[]>();
  const tasks = tasksOf(loop);
  for (const task of tasks) {
    const parent = task.parent !== null && tasks.has(task.parent) ? task.parent : null;
    children.set(parent, [...children.get(parent) ?? [], task]);
  }
  const lines: string[] = [];
  const draw = (parent: TaskLike<unknown> | null, indent: string): void => {
    const list = children.get(parent) ?? [];
    list.forEach((task, at) => {
      const last = at === list.length - 1;
      const made = task.madeAt === undefined ? "" : `, made ${placeOf(task.madeAt)}`;
      lines.push(`${indent}${last ? "└─" : "├─"} ${task.name} (${describe(task)}${made})`);
      draw(task, `${indent}${last ? "   " : "│  "}`);
    });
  };
  draw(null, "");
  return lines.join("\n");
}

/** Prints {@link taskTree} to stderr. */
export function printTaskTree(loop?: Loop): void {
  console.error(taskTree(loop));
}

/** Its state and what it waits for, in words. */
function describe({ state, waitsFor }: TaskLike<unknown>): string {
  if (waitsFor.length > 0) return `waits for ${waitsFor.map(nameOf).join(", ")}`;
  return state === "running" ? "waits for something foreign" : state;
}

/** The name of a task, the kind of any other wait. */
function nameOf(wait: Cancellable): string {
  const { name } = (wait instanceof FollowedTask ? wait.task : wait) as { name?: unknown };
  return typeof name === "string" ? name : wait.constructor.name;
}

/** The first line of a stack that is not this package's own. */
function placeOf(stack: string): string {
  const lines = stack.split("\n").slice(1).map((line) => line.trim());
  const own = new URL("../", import.meta.url).href;
  return lines.find((line) => !line.includes(own)) ?? lines[0] ?? "";
}
