import { InvalidStateError } from "../core/mod.ts";
import { EventLoop } from "./event_loop.ts";
import { loopHere } from "./here.ts";
import { aliveTasks } from "./alive_tasks.ts";
import type { Awaitable } from "./awaitable.ts";

/** How to run. */
export interface RunOptions {
  /** Warn of slow steps, tell where tasks were made; default `false`. */
  debug?: boolean;
}

/**
 * Runs `main` in a loop of its own and answers its result.
 */
export async function run<T>(main: Awaitable<T>, options: RunOptions = {}): Promise<T> {
  const other = loopHere();
  if (other !== undefined && !other.isAmbient) {
    throw new InvalidStateError("run() cannot be called from a running event loop");
  }
  const loop = new EventLoop(options);
  try {
    return await loop.runUntilComplete(main);
  } finally {
    await cancelAll(loop);
    loop.close();
  }
}

async function cancelAll(loop: EventLoop): Promise<void> {
  const left = [...aliveTasks()].filter((task) => task.getLoop() === loop);
  if (left.length === 0) return;
  for (const task of left) task.cancel();
  await loop.runUntilComplete(async () => {
    for (const task of left) await task.then(null, () => null);
  });
}
