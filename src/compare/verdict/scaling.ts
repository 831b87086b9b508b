/** Laws of how speed-ups grow, fitted to what was measured: pure figures, nothing is run here. */

/** An estimate with its interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How many times as fast so many workers were, one value for each round. */
export interface ScalingPoint {
  readonly workers: number;
  readonly speedups: readonly number[];
}

/** The factors of the law of {@linkcode fitScaling}. */
export interface ScalingLaw {
  /** Workers ÷ speed-up of one worker: what handing over costs. */
  readonly overhead: number;
  /** What each further worker waits for the others (Amdahl's serial part). */
  readonly contention: number;
  /** What each pair of workers costs, as caches that are kept alike. */
  readonly coherency: number;
}

/**
 * Fits the universal scalability law, of which Amdahl's is the case without coherency:
 *
 *     workers ÷ speedup = overhead + contention × (workers − 1) + coherency × workers × (workers − 1)
 *
 * by least squares, with no factor below 0. With two points only one of the two costs can be told; then both
 * ways to read them are returned: all of it contention (the hopeful one), and all of it coherency.
 *
 * Source: N. Gunther, Guerrilla Capacity Planning, 2007, chapter 4; G. Amdahl, 1967.
 *
 * @param points at least two, one for one worker first.
 */
export function fitScaling(
  points: readonly { workers: number; speedup: number }[],
): readonly ScalingLaw[] {
  const costs = points.map(({ workers, speedup }) => ({
    a: workers - 1,
    b: workers * (workers - 1),
    y: workers / speedup,
  }));
  const overhead = costs[0]!.y;
  const rest = costs.slice(1).map(({ a, b, y }) => ({ a, b, y: y - overhead }));
  const contention = { overhead, contention: along(rest.map(({ a, y }) => [a, y])), coherency: 0 };
  const coherency = { overhead, contention: 0, coherency: along(rest.map(({ b, y }) => [b, y])) };
  if (rest.length < 2) return [contention, coherency];
  const [saa, sbb, sab, say, sby] = [
    sum(rest.map(({ a }) => a * a)),
    sum(rest.map(({ b }) => b * b)),
    sum(rest.map(({ a, b }) => a * b)),
    sum(rest.map(({ a, y }) => a * y)),
    sum(rest.map(({ b, y }) => b * y)),
  ] as [number, number, number, number, number];
  const divisor = saa * sbb - sab * sab;
  const both = {
    overhead,
    contention: (say * sbb - sby * sab) / divisor,
    coherency: (sby * saa - say * sab) / divisor,
  };
  if (both.contention < 0) return [coherency];
  return both.coherency < 0 ? [contention] : [both];
}

/** How many times as fast so many workers are, by the law. */
export function speedupBy(law: ScalingLaw, workers: number): number {
  const { overhead, contention, coherency } = law;
  return workers / (overhead + contention * (workers - 1) + coherency * workers * (workers - 1));
}

/**
 * What more workers would bring: the law is fitted to each round by itself, and the interval spans all rounds
 * and all ways to read them.
 */
export function predict(points: readonly ScalingPoint[], workers: number): Estimate {
  const rounds = Math.min(...points.map(({ speedups }) => speedups.length));
  const hopeful: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const laws = fitScaling(
      points.map(({ workers, speedups }) => ({ workers, speedup: speedups[round]! })),
    );
    const predicted = laws.map((law) => speedupBy(law, workers));
    hopeful.push(predicted[0]!);
    all.push(...predicted);
  }
  return { value: middle(hopeful), low: Math.min(...all), high: Math.max(...all) };
}

/** How many times as fast a model was with tasks of a length, one value for each round. */
export interface LengthPoint {
  readonly taskMs: number;
  readonly speedups: readonly number[];
}

/**
 * From which length of a task on the speed-up is above 1: between the last point where it is not and the next,
 * on a straight line over the logarithm of the length. The interval spans all rounds.
 *
 * @param points by length, the shortest first.
 * @returns `null` if it is not above 1 at the longest length in most of the rounds.
 */
export function breakEvenOf(points: readonly LengthPoint[]): Estimate | null {
  const rounds = Math.min(...points.map(({ speedups }) => speedups.length));
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const at = crossing(points.map(({ taskMs, speedups }) => [taskMs, speedups[round]!] as const));
    if (at !== null) found.push(at);
  }
  if (2 * found.length <= rounds) return null;
  return { value: middle(found), low: Math.min(...found), high: Math.max(...found) };
}

function crossing(points: readonly (readonly [taskMs: number, speedup: number])[]): number | null {
  const last = points.findLastIndex(([, speedup]) => speedup <= 1);
  if (last === points.length - 1) return null;
  const [highMs, high] = points[last + 1]!;
  if (last === -1) return highMs; // it pays at the shortest length there is
  const [lowMs, low] = points[last]!;
  const part = (1 - low) / (high - low);
  return lowMs * (highMs / lowMs) ** part;
}

/** The slope of the line through 0 that is nearest, never below 0. */
function along(points: readonly (readonly [x: number, y: number])[]): number {
  return Math.max(0, sum(points.map(([x, y]) => x * y)) / sum(points.map(([x]) => x * x)));
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
