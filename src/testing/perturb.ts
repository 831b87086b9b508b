import { show } from "../core/check.ts";
import { installPerturber, type Perturber } from "../core/perturbation.ts";

/** The longest waste of time, in rounds of a loop that does nothing: some tens of microseconds. */
const LONGEST_STALL = 20_000;

/** A disturbance of order that is in place; see {@linkcode perturb}. */
export class Perturbation implements Perturber, Disposable {
  /** What to give to `perturb` to have the same order again. */
  readonly seed: number;
  readonly #before: Perturber | null;
  #state: number;
  #choices = 0;

  /** Puts itself in place. */
  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed;
    this.#before = installPerturber(this);
  }

  /** How many choices were made so far. */
  get choices(): number {
    return this.#choices;
  }

  /** A whole number from 0 to `count - 1`. */
  choose(count: number): number {
    this.#choices++;
    return Math.floor(this.#random() * count);
  }

  /** Wastes a short time in one of four cases, none in the others. */
  stall(): void {
    if (this.#random() >= 0.25) return;
    const rounds = this.#random() * LONGEST_STALL;
    let spent = 0;
    while (spent < rounds) spent++;
  }

  /** Puts back what was in place before. */
  [Symbol.dispose](): void {
    installPerturber(this.#before);
  }

  /** From 0 to 1; the generator called mulberry32: 32 bits of state, good enough to shuffle. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/**
 * Disturbs the order of things on this thread, in a way that a seed repeats: which of several ready tasks of
 * an event loop goes next, and how long it takes to park and to wake.
 *
 * Correct code does not depend on either. Run a test under many seeds, print the seed when it fails, and give
 * that seed to see the failure again.
 *
 * - What the documentation promises of order *within* one object stays true (a fair lock is handed over in the
 *   order of asking); that tasks begin in the order of their making is what is taken away.
 * - It is in place until disposed, and on this thread only: a thread's target calls `perturb` for itself.
 * - On one thread and under a `VirtualClock` the whole run is repeated; across threads only our share of chance.
 *
 * @param seed a whole number; without it one is drawn.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { perturb } from "@quartet/concurrency/testing";
 *
 * function order(seed: number): number[] {
 *   using perturbation = perturb(seed);
 *   return Array.from({ length: 5 }, () => perturbation.choose(10));
 * }
 * assertEquals(order(7), order(7));
 * ```
 */
export function perturb(seed: number = Math.floor(Math.random() * 2 ** 32)): Perturbation {
  if (!Number.isInteger(seed)) {
    throw new RangeError(`Cannot perturb with seed ${show(seed)}: give a whole number`);
  }
  return new Perturbation(seed);
}
