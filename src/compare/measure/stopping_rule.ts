/** How long to go on measuring one workload. */
export interface StoppingRule {
  /** So many rounds are made, however long they take and however tight the intervals are. */
  readonly minRounds: number;
  /** More are never made. */
  readonly maxRounds: number;
  /** No round is begun that would end later than this after the first, in milliseconds. */
  readonly boundMs: number;
  /** Nor one that would end later than this after the beginning of everything, beyond the very first or three cheap ones. */
  readonly totalMs: number;
  /** It is enough when every speed-up's interval is narrower than this share of its value. */
  readonly tight: number;
}

/** Figures to rely on: under a minute for all built-in workloads. */
export const FULL: StoppingRule = {
  minRounds: 5,
  maxRounds: 30,
  boundMs: 10_000,
  totalMs: Infinity,
  tight: 0.03,
};

/** A first look: all built-in workloads within 20 seconds on two cores. */
export const QUICK: StoppingRule = {
  minRounds: 2,
  maxRounds: 10,
  boundMs: 5_000,
  totalMs: 15_000,
  tight: 0.1,
};

/** So many rounds, no more and no less. */
export function exactly(rounds: number): StoppingRule {
  return { minRounds: rounds, maxRounds: rounds, boundMs: Infinity, totalMs: Infinity, tight: 0 };
}

/** A round of less than this is not worth saving, in milliseconds. */
const CHEAP = 500;

/** Below this an interval says nothing, however narrow it came out. */
const ROUNDS_TO_BELIEVE = 3;

/**
 * Whether another round is to be made.
 *
 * @param rounds how many there were.
 * @param spentMs what they took together.
 * @param sinceStartMs how long everything has taken so far.
 * @param width the widest interval as a share of its value.
 */
export function goesOn(
  rule: StoppingRule,
  rounds: number,
  spentMs: number,
  sinceStartMs: number,
  width: number,
): boolean {
  if (rounds === 0) return true;
  const next = spentMs / rounds;
  if (sinceStartMs + next > rule.totalMs) return rounds < ROUNDS_TO_BELIEVE && next < CHEAP;
  if (rounds < rule.minRounds) return true;
  if (rounds >= rule.maxRounds) return false;
  if (rounds >= ROUNDS_TO_BELIEVE && width <= rule.tight) return false;
  return spentMs + next <= rule.boundMs;
}
