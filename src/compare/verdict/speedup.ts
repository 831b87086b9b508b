import type { Result } from "../measure/comparison.ts";

/** From so many rounds on there is a 95 % interval; below, what was seen is only a range. */
export const ROUNDS_FOR_INTERVAL = 6;

/** How sure an interval is. */
const CONFIDENCE = 0.95;

/**
 * How many times faster `samples` are than `reference`, with its 95 % interval.
 *
 * - The value is the ratio of the medians.
 * - Sample `i` of both was made in the same round, so the interval goes by the ratio of each round: what slowed
 *   the machine down for a while slowed both.
 * - The interval lies between two of the sorted ratios, so chosen that the true median is outside of them in
 *   at most 5 % of all cases, whatever the distribution of the times (the interval of the sign test; Conover,
 *   Practical Nonparametric Statistics, 1999, section 3.2). That needs six rounds; with fewer it is the range.
 */
export async function speedupOver(
  reference: readonly number[],
  samples: readonly number[],
): Promise<Result["speedup"]> {
  const { median } = await import("simple-statistics");
  const rounds = Math.min(reference.length, samples.length);
  const ratios = samples.slice(0, rounds).map((each, i) => reference[i]! / each)
    .sort((a, b) => a - b);
  const value = median([...reference]) / median([...samples]);
  const cut = await cutFor(rounds);
  return {
    value,
    low: Math.min(value, ratios[cut]!),
    high: Math.max(value, ratios[rounds - 1 - cut]!),
  };
}

/** How many of the sorted values at each end lie outside of the interval. */
export async function cutFor(rounds: number): Promise<number> {
  if (rounds < ROUNDS_FOR_INTERVAL) return 0;
  const { binomialDistribution } = await import("simple-statistics");
  const probabilities = binomialDistribution(rounds, 0.5)!;
  let outside = 0;
  for (let cut = 0;; cut++) {
    outside += 2 * probabilities[cut]!;
    if (outside > 1 - CONFIDENCE) return Math.max(0, cut - 1);
  }
}

/** The samples in short. */
export async function summarize(samples: readonly number[]): Promise<Result["wallMs"]> {
  const { max, median, min } = await import("simple-statistics");
  const values = [...samples];
  return { median: median(values), min: min(values), max: max(values) };
}
