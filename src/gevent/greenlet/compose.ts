import { createTask } from "../../asyncio/task/create_task.ts";
import type { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import { GreenletTask, runningTask } from "./greenlet_task.ts";
import { Wait } from "./wait.ts";

/**
 * Begins a wait that is made of several: `body` is run at once, up to its first wait.
 *
 * A greenlet waits for the task itself: a kill ends the task, and its clean-up is waited for. For those who are no
 * greenlets it is one {@link Wait}, so that a `Timeout` reaches it.
 */
export function compose<T>(
  body: Generator<unknown, T, unknown> | (() => Promise<T>),
): Future<T> {
  const caller = runningTask();
  const task = createTask(body, { eager: true });
  if (caller instanceof GreenletTask) return task;
  const wait = new Wait<T>({ left: () => void task.cancel(), stands: true });
  task.addDoneCallback(() => {
    if (wait.done()) {
      // The waiter has left. What ended its wait may have ended the task too, and is told; a failure of the clean-up is
      // not looked at here, so that its task reports it.
      if (task.failed && task.failure() === wait.failure()) task.exception();
      return;
    }
    if (task.cancelled()) wait.cancel();
    else if (task.failed) wait.giveUp(task.exception());
    else wait.grant(task.result());
  });
  return wait;
}
