import { ROUNDS_FOR_INTERVAL } from "../verdict/speedup.ts";

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
  /** Whether rounds that other programs disturbed are made again. */
  readonly again: boolean;
}

/** Figures to rely on: under a minute for the four workloads that are measured by default. */
export const FULL: StoppingRule = {
  minRounds: ROUNDS_FOR_INTERVAL,
  maxRounds: 30,
  boundMs: 10_000,
  totalMs: Infinity,
  tight: 0.03,
  again: true,
};

/** A first look: the workloads that are measured by default within 20 seconds on two cores. */
export const QUICK: StoppingRule = {
  minRounds: 2,
  maxRounds: 10,
  boundMs: 4_800,
  totalMs: 14_500,
  tight: 0.1,
  again: true,
};

/** So many rounds, no more and no less. */
export function exactly(rounds: number): StoppingRule {
  return {
    minRounds: rounds,
    maxRounds: rounds,
    boundMs: Infinity,
    totalMs: Infinity,
    tight: 0,
    again: false,
  };
}

/** A round of less than this is not worth saving, in milliseconds, up to this many of them. */
const CHEAP = 500;
const CHEAP_ROUNDS = 3;

/** Where the measuring of one workload stands. */
export interface Standing {
  /** How many rounds are in the figures. */
  readonly rounds: number;
  /** How many were made, those that were disturbed and set aside included. */
  readonly made: number;
  /** What all that were made took together, in milliseconds. */
  readonly spentMs: number;
  /** How long everything has taken so far, in milliseconds. */
  readonly sinceStartMs: number;
  /** The widest interval as a share of its value. */
  readonly width: number;
}

/** Whether another round is to be made. */
export function goesOn(rule: StoppingRule, standing: Standing): boolean {
  const { rounds, made, spentMs, sinceStartMs, width } = standing;
  if (made === 0) return true;
  const next = spentMs / made;
  if (sinceStartMs + next > rule.totalMs) return made < CHEAP_ROUNDS && next < CHEAP;
  if (made < rule.minRounds) return true;
  if (rounds >= rule.maxRounds || made >= 2 * rule.maxRounds) return false;
  if (rounds >= ROUNDS_FOR_INTERVAL && width <= rule.tight) return false;
  return spentMs + next <= rule.boundMs;
}
