/** What bounds a wait for something shared, as its owner takes it. */
import { NEVER } from "../../core/current.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { thisNode } from "./node.ts";
import type { Caller } from "./served_objects.ts";

/** The milliseconds of a bounded wait; `null`: no bound. */
export function timeoutOf(options: WaitOptions): number | null {
  checkWaitOptions(options);
  const { timeout } = options;
  return timeout === undefined || timeout === Infinity ? null : Math.max(0, timeout);
}

/** This process as a caller that waits for something here, and holds nothing afterwards. */
export function callerOf(signal: AbortSignal = NEVER): Caller {
  return { path: thisNode().path, owner: "", signal };
}
