/** What a comparison says of a workload besides its table and its verdict, in sentences. */
import type { Arrivals, BreakEven, Comparison, Prediction, Result } from "../measure/comparison.ts";
import { formatCount, formatRatio, formatTime } from "../measure/figures.ts";
import { ROUNDS_FOR_INTERVAL } from "../verdict/speedup.ts";

/** The sentences, one for each thing that was found. */
export function findingsOf(comparison: Comparison, workload: string): string[] {
  const of = <T extends { workload: string }>(all: readonly T[] | undefined): T[] =>
    all?.filter((each) => each.workload === workload) ?? [];
  const results = of(comparison.results);
  return [
    ...intervalSentence(results),
    ...results.flatMap((each) =>
      each.arrivals === undefined ? [] : [arrivalSentence(each.model, each.arrivals)]
    ),
    ...breakEvenSentence(of(comparison.breakEven)),
    ...predictionSentences(of(comparison.prediction)),
  ];
}

/** What stands behind the speed-ups. */
function intervalSentence(results: readonly Result[]): string[] {
  const rounds = results[0]?.rounds;
  if (rounds === undefined || results.length < 2) return [];
  if (rounds === 1) return ["Speed-ups are of one round, so nothing tells how sure they are."];
  return rounds < ROUNDS_FOR_INTERVAL
    ? [
      `Behind speed-ups is the range of ${rounds} rounds, which is no interval: that takes ${ROUNDS_FOR_INTERVAL}.`,
    ]
    : [`Behind speed-ups is their 95 % interval, from ${rounds} rounds.`];
}

function arrivalSentence(model: string, { rate, arrived, shed, latencyMs }: Arrivals): string {
  const { p50, p95, p99 } = latencyMs;
  return `At ${formatCount(rate, "call")} a second ${model}: half within ${
    formatTime(p50)
  }, 95 % within ` +
    `${formatTime(p95)}, 99 % within ${formatTime(p99)}; ${shed} of ${arrived} turned away.`;
}

function breakEvenSentence(all: readonly BreakEven[]): string[] {
  if (all.length === 0) return [];
  const each = all.map(({ model, taskMs }) =>
    taskMs === null
      ? `${model} at no length that was tried`
      : `${model} from ${formatTime(taskMs.value)} on (${formatTime(taskMs.low)} to ${
        formatTime(taskMs.high)
      })`
  );
  return [`Tasks pay here by their length: ${each.join(", ")}.`];
}

function predictionSentences(all: readonly Prediction[]): string[] {
  const models = [...new Set(all.map(({ model }) => model))];
  return models.map((model) => {
    const each = all.filter((prediction) => prediction.model === model).map(({ cores, speedup }) =>
      `${formatRatio(speedup.value)}× on ${formatCount(cores, "core")} ` +
      `(${formatRatio(speedup.low)} to ${formatRatio(speedup.high)})`
    );
    return `Predicted for ${model}, not measured: ${each.join(", ")}.`;
  });
}
