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

/** The context of whoever asked for a call, in which the call is to be made. */
export interface CallerContext {
  /** Calls `fn` in it, and returns what that gives. */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R;
}

/** Takes what flows here in the program's `AsyncLocalStorage`s; installed when the program first uses one. */
let flows: (() => CallerContext) | null = null;

/** What flows here in the program's `AsyncLocalStorage`s; `null` while the program uses none. */
export function captureFlow(): CallerContext | null {
  return flows === null ? null : flows();
}

/** Installs what takes it. */
export function setFlowCapture(take: () => CallerContext): void {
  flows = take;
}

/** Whether a call that is asked for here may have to be made in a context of its own. */
export function contextsInUse(): boolean {
  return flows !== null || snapshot !== null;
}

/**
 * The context of the code that runs here, for a call that it asks for: context variables as a copy, and what flows in
 * `AsyncLocalStorage`s. `null` when there is nothing to keep: the call is made as it is.
 */
export function captureCaller(): CallerContext | null {
  if (!contextsInUse()) return null;
  const flow = captureFlow();
  const values = (inheritContext() ?? null) as CallerContext | null;
  if (flow === null || values === null) return flow ?? values;
  return { run: (fn, ...args) => flow.run(() => values.run(fn, ...args)) };
}

/** `fn`, to be called in the context of the code that runs here. */
export function inCallersContext<A extends unknown[], R>(
  fn: (...args: A) => R,
): (...args: A) => R {
  const caller = captureCaller();
  return caller === null ? fn : (...args) => caller.run(fn, ...args);
}
