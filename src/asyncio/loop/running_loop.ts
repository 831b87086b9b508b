/**
 * What runs on this thread right now, kept by the loop while it makes a pass.
 *
 * - A generator coroutine is stepped by the loop: between the two assignments around a step, everything
 *   that runs belongs to its task.
 * - An async function runs on in promise reactions, outside of any pass: there the flow of control tells.
 *
 * Every part of asyncio reads this; only the loop, tasks and operations write it.
 */

import { addWorkSource } from "../../core/current.ts";
import { setNoteGrant } from "../../core/withdrawal/withdrawable.ts";
import { workOfFlow } from "../../core/flow/async_work.ts";
import type { Loop, TaskLike } from "./contract.ts";

/** The state of this thread. */
export const current: {
  /** The task being stepped; `null`: the loop runs and no task is; `undefined`: ask the flow. */
  task: TaskLike<unknown> | null | undefined;
  /** Whether the step is one of a generator, which delegates with `yield*` and does not await. */
  generator: boolean;
  /** The loop that makes a pass. */
  loop: Loop | undefined;
} = {
  task: undefined,
  generator: false,
  loop: undefined,
};

addWorkSource(() => current.task ?? undefined);
// In the first step of an async function, which is made within a pass, a cancel may come before it runs on.
setNoteGrant(() => current.task?.noteResult());

/** The task that runs here; `null` outside of any, and in what a task that has ended left behind. */
export function runningTask(): TaskLike<unknown> | null {
  if (current.task !== undefined) return current.task;
  const task = taskOfFlow();
  return task === null || task.done() ? null : task;
}

/** The loop that runs here, if one does. */
export function runningLoop(): Loop | undefined {
  if (current.loop !== undefined) return current.loop;
  const loop = taskOfFlow()?.getLoop();
  // What a task has left behind may still flow when its loop is long gone.
  return loop === undefined || loop.isClosed ? undefined : loop;
}

/** The task that the flow of control belongs to. An executor's job flows too, which is work but no task. */
function taskOfFlow(): TaskLike<unknown> | null {
  const work = workOfFlow();
  return work !== undefined && "getLoop" in work ? work as TaskLike<unknown> : null;
}

let defaultLoop = (): Loop => {
  throw new Error("Cannot find an event loop: asyncio/loop/loops.ts was not loaded; import it");
};

/** Has `make` give the loop for calls from outside of any loop: the event loop stands above this file, so it comes to it. */
export function installDefaultLoop(make: () => Loop): void {
  defaultLoop = make;
}

/** The loop that runs here, or else this thread's default one. */
export function runningOrDefaultLoop(): Loop {
  return runningLoop() ?? defaultLoop();
}
