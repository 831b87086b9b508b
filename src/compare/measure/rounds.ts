/** The rounds of one workload: every candidate once in each, in an order drawn anew. */
import { now } from "../../core/clock.ts";
import type { Candidate } from "./candidate.ts";
import type { Result } from "./comparison.ts";
import { isDisturbed, type NoiseGauge, type NoiseReading } from "./noise.ts";
import { seededRandom } from "./seeded_random.ts";
import { goesOn, type StoppingRule } from "./stopping_rule.ts";

/** What the rounds are made with, and what is called meanwhile. */
export interface RoundsPlan {
  readonly candidates: readonly Candidate[];
  readonly inputs: readonly unknown[];
  readonly rule: StoppingRule;
  /** When everything began, by the clock in place. */
  readonly began: number;
  readonly gauge: NoiseGauge;
  /** Draws the orders. */
  readonly seed: number;
  /** Before each run: which round it is, and about which share of all rounds is done. */
  beforeRun(candidate: Candidate, round: number, share: number): Promise<void>;
  /** After each run: looks at what it left behind. */
  afterRun(): Promise<void>;
  /** After each run: what there is so far. */
  onResults(results: readonly Result[]): Promise<void>;
  /** After each round. */
  onRound(disturbed: boolean): void;
}

/** What came of the rounds. */
export interface RoundsOutcome {
  /** In the order of the candidates. */
  readonly results: readonly Result[];
  /** How many of the rounds that are in the figures were disturbed. */
  readonly disturbed: number;
}

/** The candidate that the others are compared with. */
function baseOf(candidates: readonly Candidate[]): Candidate {
  return candidates.find(({ row }) => row.model === "sync") ?? candidates[0]!;
}

/**
 * Makes rounds until the rule says that it is enough.
 *
 * A round that other programs disturbed is set aside and made again, as far as the time goes. Where there are
 * too few others in the end, those that were set aside are taken back.
 */
export async function makeRounds(plan: RoundsPlan): Promise<RoundsOutcome> {
  const { candidates, inputs, rule, gauge } = plan;
  const { shuffle } = await import("simple-statistics");
  const random = seededRandom(plan.seed);
  const base = baseOf(candidates);
  const others = candidates.filter((each) => each !== base);
  const readings: NoiseReading[] = [await gauge.read()];
  const resultsOf = () => Promise.all(candidates.map((each) => each.result(base)));
  let [made, setAside, disturbedInFigures, spentMs, width] = [0, 0, 0, 0, Infinity];
  const stands = () => ({
    rounds: made - setAside,
    made,
    spentMs,
    sinceStartMs: now() - plan.began,
    width,
  });
  while (goesOn(rule, stands())) {
    const done = Math.min(1, Math.max(spentMs / rule.boundMs, made / rule.maxRounds));
    // The first speed-up needs something to be compared with; after that no model has a place of its own.
    const order = made === 0
      ? [base, ...shuffle([...others], random)]
      : shuffle([...candidates], random);
    for (const [place, candidate] of order.entries()) {
      const share = done + place / order.length / Math.max(rule.minRounds, made + 1) / 2;
      await plan.beforeRun(candidate, made - setAside, Math.min(1, share));
      spentMs += await candidate.run(inputs);
      await plan.afterRun();
      const measured = candidates.filter((each) => each.samples.length > 0);
      if (base.samples.length > 0) {
        await plan.onResults(await Promise.all(measured.map((each) => each.result(base))));
      }
    }
    made++;
    readings.push(await gauge.read());
    const quietest = Math.min(...readings.map(({ wallMs }) => wallMs));
    const disturbed = isDisturbed(readings.slice(-2), quietest);
    plan.onRound(disturbed);
    if (disturbed && rule.again) {
      setAside++;
      for (const each of candidates) each.setLastAside();
    } else {
      disturbedInFigures += Number(disturbed);
      const results = await resultsOf();
      width = Math.max(...results.map(widthOf));
    }
  }
  if (setAside > 0 && made - setAside < rule.minRounds) {
    for (const each of candidates) each.takeAllBack();
    disturbedInFigures = setAside;
    setAside = 0;
  }
  return { results: await resultsOf(), disturbed: disturbedInFigures };
}

function widthOf({ speedup: { value, low, high } }: Result): number {
  return (high - low) / value;
}
