import { checkComparison, type Comparison } from "../measure/comparison.ts";
import { formatCount, formatRatio, formatTime } from "../measure/figures.ts";

/** What has become of a row since the baseline was saved. */
export interface Change {
  readonly workload: string;
  readonly model: string;
  /** The median wall time now ÷ then. */
  readonly ratio: number;
  /** `"unsure"`: too few rounds, or too much alike, to say that anything has changed. */
  readonly change: "slower" | "faster" | "unsure";
}

/** What was found beside a baseline. */
export interface BaselineReport {
  readonly changes: readonly Change[];
  /** Lines to print. */
  readonly lines: readonly string[];
}

/** How likely a difference this large may be by chance alone. */
const BY_CHANCE = 0.025;

/** What has to have changed at the least: less is not worth a red light. */
const WORTH_TELLING = 1.05;

/** From so many samples on both sides on, the normal approximation of the rank sum is good. */
const ENOUGH = 8;

/**
 * Which rows have changed beyond doubt since `before` was measured.
 *
 * The samples of both are ranked together (Wilcoxon 1945, Mann and Whitney 1947), which asks nothing of their
 * distribution. With so few that even complete separation may be chance, the gap has to be wider than all that
 * was seen on both sides.
 */
export async function compareWithBaseline(
  now: Comparison,
  before: Comparison,
): Promise<BaselineReport> {
  checkComparison(before);
  if (!isSameMachine(now, before)) {
    const line = "The baseline was saved on another machine, so nothing is said about changes.";
    return { changes: [], lines: [line] };
  }
  const changes: Change[] = [];
  const lines: string[] = [];
  for (const result of now.results) {
    const { workload, model } = result;
    const old = before.results.find((each) => each.workload === workload && each.model === model);
    if (old === undefined) continue;
    if (old.tasks !== result.tasks || old.workers !== result.workers) {
      lines.push(`${workload}, ${model}: measured in another way than the baseline`);
      continue;
    }
    const ratio = result.wallMs.median / old.wallMs.median;
    const change = await changeOf(result.samples, old.samples, ratio);
    changes.push({ workload, model, ratio, change });
    if (change === "unsure") continue;
    lines.push(
      `${workload}, ${model}: ${change}, ${formatTime(old.wallMs.median)} then, ` +
        `${formatTime(result.wallMs.median)} now (${formatRatio(ratio)} times as long)`,
    );
  }
  const same = changes.filter(({ change }) => change === "unsure").length;
  if (same > 0) lines.push(`${formatCount(same, "row")} without a change beyond doubt`);
  if (changes.length === 0 && lines.length === 0) {
    lines.push("The baseline has none of these rows.");
  }
  return { changes, lines };
}

/** What a number of samples beside others says. */
export async function changeOf(
  now: readonly number[],
  before: readonly number[],
  ratio: number,
): Promise<Change["change"]> {
  if (ratio < WORTH_TELLING && ratio > 1 / WORTH_TELLING) return "unsure";
  const change = ratio > 1 ? "slower" : "faster";
  return await isBeyondDoubt(now, before) ? change : "unsure";
}

async function isBeyondDoubt(a: readonly number[], b: readonly number[]): Promise<boolean> {
  const [n, m] = [a.length, b.length];
  if (n < 2 || m < 2) return false;
  const [lowA, highA, lowB, highB] = [
    Math.min(...a),
    Math.max(...a),
    Math.min(...b),
    Math.max(...b),
  ];
  const gap = Math.max(lowA - highB, lowB - highA);
  if (gap > 0) return 1 / choose(n + m, n) <= BY_CHANCE || gap > highA - lowA + (highB - lowB);
  if (n < ENOUGH || m < ENOUGH) return false;
  const { wilcoxonRankSum } = await import("simple-statistics");
  const mean = n * (n + m + 1) / 2;
  const deviation = Math.sqrt(n * m * (n + m + 1) / 12);
  return Math.abs(wilcoxonRankSum([...a], [...b]) - mean) / deviation > 2.576; // 1 % by chance
}

/** In how many ways `k` of `n` can be taken. */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
  return ways;
}

function isSameMachine({ machine: a }: Comparison, { machine: b }: Comparison): boolean {
  return a.os === b.os && a.arch === b.arch && a.cpu === b.cpu && a.cores === b.cores;
}

/** Whether a row is slower beyond doubt. */
export function hasWorsened({ changes }: BaselineReport): boolean {
  return changes.some(({ change }) => change === "slower");
}
