/** What bounds a wait for something shared, as its owner takes it. */
import { NEVER } from "../../core/current.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import type { AbortTarget } from "../../core/abort_watch.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
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

/** A caller here, whose wait ends with `leave`: its signal is made when it is asked for. */
export class HomeCaller implements Caller {
  readonly path: string = thisNode().path;
  readonly owner: string;
  readonly #leave: Leave;

  constructor(leave: Leave, owner = "") {
    this.owner = owner;
    this.#leave = leave;
  }

  get signal(): AbortSignal {
    return this.#leave.signal;
  }

  tell(target: AbortTarget): boolean {
    return this.#leave.tell?.(target) === true;
  }
}
