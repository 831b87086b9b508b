import { formatRatio } from "../../../src/compare/measure/figures.ts";
import { changeOf } from "../../../src/compare/verdict/baseline.ts";
import { type BenchReport, keyOf, type Row } from "./row.ts";

/** Less than so many times as bad is not told, beside a baseline of this machine and of another one. */
const TOLERANCE = { here: 1.25, elsewhere: 2 };

/**
 * The rows whose ratio to the limit is worse than in the baseline beyond doubt, a line for each.
 *
 * Times are never compared: the limit was measured in the same rounds on the same machine. How sure a change has to
 * be goes by the spread of the rounds on both sides. A row of a part that was run and that is no longer there is
 * told too. Parts that were not run are left out.
 */
export async function worsened(now: BenchReport, baseline: BenchReport): Promise<string[]> {
  const tolerance = isSameMachine(now, baseline) ? TOLERANCE.here : TOLERANCE.elsewhere;
  const parts = new Set([...now.rows, ...now.failures].map(({ part }) => part));
  const lines: string[] = [];
  for (const before of baseline.rows) {
    if (!parts.has(before.part)) continue;
    const row = now.rows.find((each) => keyOf(each) === keyOf(before));
    if (row === undefined) lines.push(`${keyOf(before)}: is not there any more`);
    else if (await isWorse(row, before, tolerance)) {
      const [is, was] = [row, before].map(({ toLimit }) => formatRatio(toLimit.median));
      lines.push(`${keyOf(row)}: ${is} times ${row.limit.name}, was ${was}`);
    }
  }
  return lines;
}

async function isWorse(row: Row, before: Row, tolerance: number): Promise<boolean> {
  const badness = (ratio: number): number => row.better === "lower" ? ratio : 1 / ratio;
  const times = badness(row.toLimit.median) / badness(before.toLimit.median);
  if (times < tolerance) return false;
  const [is, was] = [row, before].map(({ toLimit }) => toLimit.rounds.map(badness));
  return await changeOf(is!, was!, times) === "slower";
}

function isSameMachine({ machine: a }: BenchReport, { machine: b }: BenchReport): boolean {
  return a.os === b.os && a.arch === b.arch && a.cpu === b.cpu && a.cores === b.cores;
}
