/**
 * The door through which a test disturbs the order of things.
 *
 * Correct code must not depend on who goes first among those that could. Where the library picks one of
 * several ready ones, and where it parks and wakes, it asks here first. Off, that is one branch:
 *
 *     const next = perturbation.by === null ? queue.shift() : takeAt(perturbation.by.choose(queue.size));
 *
 * `perturb(seed)` of `@quartet/concurrency/testing` puts a seeded source in place.
 */
import { onNextThread } from "./parts.ts";

/** Decides in the place of chance. */
export interface Perturber {
  /** Which of `count` ready ones goes next: from 0 to `count - 1`. */
  choose(count: number): number;
  /** Wastes a short time, or none: called before a park and after a wake. */
  stall(): void;
}

/** Who disturbs this thread's order right now; `null`: nobody. */
export const perturbation: { by: Perturber | null } = { by: null };

onNextThread(() => {
  perturbation.by = null;
});

/** Puts `next` in place and returns the one before. */
export function installPerturber(next: Perturber | null): Perturber | null {
  const before = perturbation.by;
  perturbation.by = next;
  return before;
}
