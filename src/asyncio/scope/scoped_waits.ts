import type { Cancellable } from "../loop/contract.ts";
import type { Scope } from "./scope.ts";

/**
 * What a task waits for: nothing, one thing, or several that run beside each other in it, each with the scope that it began
 * in. Most tasks have one wait at a time, so the scope of an only one stands in the task and no map is made.
 */
export type Waits = Cancellable | Map<Cancellable, Scope | null> | null;

/** All of them, and the scope in which each began. */
export function allWaits(waits: Waits, scopeOfOnly: Scope | null): [Cancellable, Scope | null][] {
  if (waits === null) return [];
  return waits instanceof Map ? [...waits] : [[waits, scopeOfOnly]];
}

/** With one more beside those that are there. */
export function withWait(
  waits: NonNullable<Waits>,
  scopeOfOnly: Scope | null,
  wait: Cancellable,
  scope: Scope | null,
): Waits {
  const several = waits instanceof Map ? waits : new Map([[waits, scopeOfOnly]]);
  return several.set(wait, scope);
}

/** Without one of several. */
export function withoutWait(waits: Waits, wait: Cancellable): Waits {
  if (!(waits instanceof Map)) return waits;
  waits.delete(wait);
  return waits.size === 0 ? null : waits;
}
