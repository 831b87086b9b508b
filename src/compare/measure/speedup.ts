import type { Result } from "./comparison.ts";

/** Numbers from 0 to 1 that are the same each time, so that a report can be made again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How often the rounds are drawn again. */
const DRAWS = 1000;

/**
 * How many times faster `samples` are than `reference`, with its 95 % interval.
 *
 * - The value is the ratio of the medians.
 * - Sample `i` of both was made in the same round, so rounds are drawn, not single samples: what slowed
 *   the machine down for a while slowed both.
 * - The interval is the percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap,
 *   1993, chapter 13; for run times: Kalibera and Jones, Rigorous Benchmarking in Reasonable Time, 2013).
 *   With a handful of rounds it is about as wide as what was seen.
 */
export async function speedupOver(
  reference: readonly number[],
  samples: readonly number[],
): Promise<Result["speedup"]> {
  const { medianSorted, quantileSorted, sampleWithReplacement } = await import("simple-statistics");
  const median = (values: number[]) => medianSorted(values.sort((a, b) => a - b));
  const ratio = (rounds: (readonly [number, number])[]) =>
    median(rounds.map((round) => round[0])) / median(rounds.map((round) => round[1]));

  const rounds: (readonly [number, number])[] = [];
  for (let i = 0; i < Math.min(reference.length, samples.length); i++) {
    rounds.push([reference[i]!, samples[i]!]);
  }
  const random = seededRandom(rounds.length);
  const ratios: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    ratios.push(ratio(sampleWithReplacement(rounds, rounds.length, random)));
  }
  ratios.sort((a, b) => a - b);
  return {
    value: ratio(rounds),
    low: quantileSorted(ratios, 0.025),
    high: quantileSorted(ratios, 0.975),
  };
}

/** The samples in short. */
export async function summarize(samples: readonly number[]): Promise<Result["wallMs"]> {
  const { max, median, min } = await import("simple-statistics");
  const values = [...samples];
  return { median: median(values), min: min(values), max: max(values) };
}
