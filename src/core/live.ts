/**
 * What is alive and must be gone when a test ends: threads, child processes, tasks, timers, parks.
 *
 * Each part that keeps such things adds a source when it is loaded; the leak guard of
 * `@quartet/concurrency/testing` compares what they list before and after. A part that is not loaded
 * cannot leak, so nothing is loaded for the sake of looking.
 */

import { armedTimers } from "./clock.ts";

/** One thing that is alive. */
export interface LiveThing {
  /** What it is, in one word: `"thread"`, `"process"`, `"task"`, `"timer"`, `"park"`. */
  readonly kind: string;
  /** How to tell it from its like: a name, an id, where it was made. */
  readonly name: string;
}

const sources = new Map<string, () => Iterable<string>>([
  ["timer", () => Array.from({ length: armedTimers() }, () => "armed")],
]);

/** Adds the source that lists the names of what is alive of one kind. */
export function addLiveSource(kind: string, list: () => Iterable<string>): void {
  sources.set(kind, list);
}

/** Everything that is alive now, by the sources there are. */
export function liveThings(): LiveThing[] {
  const things: LiveThing[] = [];
  for (const [kind, list] of sources) {
    for (const name of list()) things.push({ kind, name });
  }
  return things;
}

const ending = new Set<Promise<unknown>>();

/** Notes what nobody needs any more, and what takes the platform a moment to end. */
export function noteEnding(end: Promise<unknown>): void {
  ending.add(end);
  end.finally(() => ending.delete(end));
}

/** Resolves when all that was noted as ending has ended; for tests that count what runs. */
export async function allEnded(): Promise<void> {
  while (ending.size > 0) await Promise.all(ending);
}
