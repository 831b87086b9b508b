import type { Greenlet } from "./greenlet.ts";
import { GreenletTask, runningTask } from "./greenlet_task.ts";

/** The greenlet that runs here; `null` in the main program. */
export function getcurrent(): Greenlet<unknown> | null {
  const task = runningTask();
  return task instanceof GreenletTask ? task.greenlet : null;
}
