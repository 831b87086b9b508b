/** The far side of the model `gil`: does a call under Python's lock. */
import type { Gil } from "../threading/mod.ts";
import { findTarget, portable, resolveTarget, type Target } from "../wire/mod.ts";

/**
 * Calls `target` as one thread of Python would: under the lock that all threads take turns with.
 *
 * An asynchronous function has the lock until it first waits, as Python lets go of it around waiting.
 */
export const underGil: (gil: Gil, target: Target, args: unknown[]) => unknown = portable(
  import.meta,
  function underGil(gil: Gil, target: Target, args: unknown[]): unknown {
    const known = findTarget(target);
    if (known !== undefined) return gil.run(() => known(...args as never[]));
    return resolveTarget(target).then((fn) => gil.run(() => fn(...args as never[])));
  },
);
