/** Running parts of a test as different owners, as tasks or jobs would be. */
import { runAs } from "../../src/core/flow/async_work.ts";

const owners = new Map<string, { signal: AbortSignal; checkpoint(): void }>();

/** Runs `fn` as the work of that name. */
export function asOwner<T>(who: string, fn: () => Promise<T>): Promise<T> {
  let work = owners.get(who);
  if (work === undefined) {
    work = { signal: new AbortController().signal, checkpoint: () => {} };
    owners.set(who, work);
  }
  return runAs(work, fn);
}
