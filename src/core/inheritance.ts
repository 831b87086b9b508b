/**
 * What new work takes over from the code that makes it: the values of context variables.
 *
 * Whoever makes work (a task, a job) keeps `inheritContext()` in the work's `context`; context variables find
 * it there through `currentWork()`. As long as no program uses context variables that is one branch for each
 * piece of work, and never anything for a step or a wait.
 */

/** Takes the snapshot; installed by the first context variable. */
let snapshot: (() => unknown) | null = null;

/** What work that is made now takes over; `undefined` while nobody uses context variables. */
export function inheritContext(): unknown {
  return snapshot === null ? undefined : snapshot();
}

/** Installs what takes the snapshot. */
export function setInheritance(take: () => unknown): void {
  snapshot = take;
}

/** Names the values that could go along to another thread or process; installed likewise. */
let naming: (() => Record<string, unknown>) | null = null;

/** The values of the context variables here by name; `null` while nobody uses context variables. */
export function nameContext(): Record<string, unknown> | null {
  return naming === null ? null : naming();
}

/** Installs what names the values. */
export function setContextNaming(name: () => Record<string, unknown>): void {
  naming = name;
}
