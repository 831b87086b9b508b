import {
  findTarget,
  portable,
  resolveTarget,
  type Target,
  targetOf,
} from "../wire/codec/portable.ts";
import type { Detour } from "./base_executor.ts";
import type { TurnLock } from "./thread_pool_executor.ts";

/** What a thread of a pool with a Gil runs in the place of the job's own function. */
const { callUnderGil } = portable(import.meta, {
  /** Calls the function that `target` names when it is this thread's turn. */
  callUnderGil(gil: TurnLock, target: Target, ...args: unknown[]): unknown {
    const known = findTarget(target);
    if (known !== undefined) return gil.run(() => known(...args as never[]));
    return resolveTarget(target).then((fn) => gil.run(() => fn(...args as never[])));
  },
});

/** Has each job take its turn under `gil`. */
export function underGil(gil: TurnLock): Detour {
  return { fn: callUnderGil, before: (fn) => [gil, targetOf(fn)] };
}
