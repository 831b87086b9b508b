import { AsyncLocalStorage } from "node:async_hooks";
import { addWorkSource, type Work } from "./current.ts";

/**
 * Work that interleaves with other work on one thread, found by following the flow of control.
 *
 * Loaded only by what needs it: the import costs a starting thread some milliseconds.
 */
const flow = new AsyncLocalStorage<Work | undefined>();

addWorkSource(() => flow.getStore());

/** Runs `fn` as `work`, through all that it awaits. */
export function runAs<T>(work: Work, fn: () => T): T {
  return flow.run(work, fn);
}

/** Runs `fn` as nobody's work, whoever it was that asked for it. */
export function runAsNobody(fn: () => void): void {
  flow.run(undefined, fn);
}

/** The work that the flow of control belongs to, if any. */
export function workOfFlow(): Work | undefined {
  return flow.getStore();
}
