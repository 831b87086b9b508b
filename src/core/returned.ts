/** What functions of the user's have returned where nothing waits for them. */
import { isThenable } from "./check.ts";

/** Has `report` told if a callback has returned a promise that rejects, as an async function does: nobody else hears of it. */
export function reportRejection(returned: unknown, report: (error: unknown) => void): void {
  if (returned instanceof Promise) returned.catch(report);
}

/**
 * Refuses the promise of a function that is to be done when it returns: a promise as the result of a predicate would
 * hold whatever comes of it.
 */
export function checkReturned(returned: unknown, name: string): void {
  if (!isThenable(returned)) return;
  // What it fails with is not told beside this error.
  returned.then(undefined, () => undefined);
  throw new TypeError(
    `Cannot use ${name}: it has returned a promise; give a function that is done when it returns`,
  );
}
