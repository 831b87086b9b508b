import { findTarget, portable, resolveTarget, type Target } from "../wire/codec/portable.ts";
import type { TurnLock } from "./thread_pool_executor.ts";

/** What a thread of a pool with a Gil runs in the place of the job's own function. */
export const underGil: {
  /** Calls the function that `target` names when it is this thread's turn. */
  callUnderGil(gil: TurnLock, target: Target, ...args: unknown[]): unknown;
} = portable(import.meta, {
  callUnderGil(gil: TurnLock, target: Target, ...args: unknown[]): unknown {
    const known = findTarget(target);
    if (known !== undefined) return gil.run(() => known(...args as never[]));
    return resolveTarget(target).then((fn) => gil.run(() => fn(...args as never[])));
  },
});
