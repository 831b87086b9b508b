import type { Result, Verdict } from "../measure/comparison.ts";
import { formatTime } from "../measure/figures.ts";
import { ROUNDS_FOR_INTERVAL } from "../verdict/speedup.ts";
import { formatSpeedup, type Section } from "./cells.ts";

/** The speed-ups of one workload. */
export interface BarChart {
  /** In the order of the table. */
  readonly rows: readonly BarRow[];
  /** The greatest value that has to fit. */
  readonly most: number;
  /** What the axis shows. */
  readonly axis: string;
  /** What a whisker shows: with few rounds there is no interval. */
  readonly whisker: string;
}

/** What a bar stands for: the model to use, any other, the one that is compared with, or one of Python's. */
export type BarRole = "chosen" | "other" | "base" | "python";

/** One row. */
export interface BarRow {
  /** The model, or the name of another row. */
  readonly model: string;
  /** What the row stands for. */
  readonly role: BarRole;
  /** The length of the bar: how many times faster than sync. */
  readonly value: number;
  /** The ends of the whisker; both are `value` where there is no interval. */
  readonly low: number;
  /** See `low`. */
  readonly high: number;
  /** The speed-up of each measured run, in the order of the rounds. */
  readonly samples: readonly number[];
  /** The same of rounds that other programs disturbed, and that are in no figure. */
  readonly disturbed: readonly number[];
  /** The figures in words. */
  readonly figures: string;
}

/** Describes the bars of a workload: values over sync, their intervals, and each run as a point. */
export function describeBars({ results, verdict }: Section): BarChart {
  const rows = results.map((result) => describeRow(result, verdict));
  return {
    rows,
    most: Math.max(
      1,
      ...rows.flatMap(({ value, high, samples, disturbed }) => [
        value,
        high,
        ...samples,
        ...disturbed,
      ]),
    ),
    axis: "times as fast as sync",
    whisker: results.some(({ rounds }) => rounds < ROUNDS_FOR_INTERVAL)
      ? "range of the rounds"
      : "95 % interval of the ratio",
  };
}

function describeRow(result: Result, verdict: Verdict | undefined): BarRow {
  const { model, speedup: { value, low, high }, wallMs, samples, disturbedSamples = [] } = result;
  const speedups = (times: readonly number[]): number[] =>
    times.filter((ms) => ms > 0).map((ms) => value * wallMs.median / ms);
  return {
    model,
    role: roleOf(model, verdict),
    value,
    low,
    high,
    samples: speedups(samples),
    disturbed: speedups(disturbedSamples),
    figures: `${formatSpeedup(result.speedup)} · ${formatTime(wallMs.median)}`,
  };
}

function roleOf(model: string, verdict: Verdict | undefined): BarRole {
  if (model === verdict?.model) return "chosen";
  if (model === "sync" || model === "python-sync") return "base";
  return model.startsWith("python-") ? "python" : "other";
}
