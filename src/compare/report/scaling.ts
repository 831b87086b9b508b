import type { Comparison } from "../measure/comparison.ts";
import { formatRatio, formatTime } from "../measure/figures.ts";

/** From which length of a task on a model is faster than sync. */
export interface BreakEvenChart {
  /** In the order of the models. */
  readonly rows: readonly BreakEvenRow[];
  /** The shortest length that is shown, in milliseconds. */
  readonly from: number;
  /** The longest. */
  readonly to: number;
  /** What the axis shows. */
  readonly axis: string;
}

/** One model. */
export interface BreakEvenRow {
  /** The model. */
  readonly model: string;
  /** The length and its interval, in milliseconds; nothing if it pays at no length that was tried. */
  readonly taskMs:
    | { readonly value: number; readonly low: number; readonly high: number }
    | undefined;
  /** The figures in words. */
  readonly figures: string;
}

/** What more cores would bring: predicted, not measured. */
export interface PredictionChart {
  /** One for each model. */
  readonly curves: readonly PredictionCurve[];
  /** The greatest number of cores. */
  readonly cores: number;
  /** The greatest speed-up that has to fit. */
  readonly most: number;
  /** What the lower axis shows. */
  readonly axis: string;
  /** What the upright one shows. */
  readonly upright: string;
}

/** One model, by the number of cores. */
export interface PredictionCurve {
  /** The model. */
  readonly model: string;
  /** In the order of the cores. */
  readonly points: readonly PredictionPoint[];
  /** What is predicted for most cores, in words. */
  readonly figures: string;
}

/** What is predicted for a number of cores. */
export interface PredictionPoint {
  /** How many cores. */
  readonly cores: number;
  /** How many times as fast as sync. */
  readonly value: number;
  /** The lower end of its interval. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Describes the break-even of a workload, where it was measured. */
export function describeBreakEven(
  { breakEven = [] }: Comparison,
  workload: string,
): BreakEvenChart | undefined {
  const rows = breakEven.filter((each) => each.workload === workload).map(({ model, taskMs }) => ({
    model,
    taskMs: taskMs ?? undefined,
    figures: taskMs === null
      ? "pays at no length that was tried"
      : `${formatTime(taskMs.value)} (${formatTime(taskMs.low)} – ${formatTime(taskMs.high)})`,
  }));
  if (rows.length === 0) return undefined;
  const ends = rows.flatMap(({ taskMs }) => taskMs === undefined ? [] : [taskMs.low, taskMs.high])
    .filter((ms) => ms > 0);
  // A scale by powers of ten needs room on both sides, and some where there is nothing to show.
  return {
    rows,
    from: Math.min(0.01, ...ends.map((ms) => ms / 2)),
    to: Math.max(3, ...ends.map((ms) => ms * 2)),
    axis: "length of a task from which it pays",
  };
}

/** Describes the prediction for a workload, where there is one. */
export function describePrediction(
  { prediction = [] }: Comparison,
  workload: string,
): PredictionChart | undefined {
  const own = prediction.filter((each) => each.workload === workload);
  if (own.length === 0) return undefined;
  const curves = [...Map.groupBy(own, ({ model }) => model)].map(([model, all]) => {
    const points = all.map(({ cores, speedup }) => ({ cores, ...speedup }))
      .sort((a, b) => a.cores - b.cores);
    const { cores, value } = points.at(-1)!;
    return { model, points, figures: `${model}: ${formatRatio(value)}× on ${cores} cores` };
  });
  return {
    curves,
    cores: Math.max(...own.map(({ cores }) => cores)),
    most: Math.max(1, ...own.flatMap(({ speedup }) => [speedup.value, speedup.high])),
    axis: "cores (predicted, not measured)",
    upright: "times as fast as sync",
  };
}
