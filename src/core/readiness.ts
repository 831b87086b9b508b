/**
 * Whether anything on this thread is ready to run: what a virtual clock asks before it lets time jump.
 *
 * Promise chains need no probe, they drain before the platform's next turn. A part that keeps ready work
 * over several turns (an event loop's queue) adds one.
 */

const probes = new Set<() => boolean>();

/** Adds a probe that returns `true` while its part has something ready; returns how to take it back. */
export function addReadinessProbe(probe: () => boolean): () => void {
  probes.add(probe);
  return () => probes.delete(probe);
}

/** Whether any part has something ready to run. */
export function anythingReady(): boolean {
  for (const probe of probes) if (probe()) return true;
  return false;
}
