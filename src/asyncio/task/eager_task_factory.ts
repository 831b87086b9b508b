import type { EventLoop } from "../loop/event_loop.ts";
import type { Awaitable, TaskOptions } from "./awaitable.ts";
import { Task } from "./task.ts";

/** Makes tasks that begin within the call that makes them; for `setTaskFactory`. Python 3.12. */
export function eagerTaskFactory<T>(
  loop: EventLoop,
  work: Awaitable<T>,
  options: TaskOptions,
): Task<T> {
  return new Task(loop, work, { ...options, eager: true });
}
