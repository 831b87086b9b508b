import type { Greenlet } from "./greenlet.ts";
import { GreenletTask, taskHere } from "./greenlet_task.ts";

/** The greenlet that runs here; `null` in the main program. */
export function getcurrent(): Greenlet<unknown> | null {
  const task = taskHere();
  return task instanceof GreenletTask ? task.greenlet : null;
}
