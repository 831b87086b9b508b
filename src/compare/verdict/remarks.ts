import type { Candidate } from "../measure/candidate.ts";
import type { Result } from "../measure/comparison.ts";
import { formatCount } from "../measure/figures.ts";

/** What a reader of a workload's figures should know besides them. */
export function remarksOn(
  name: string,
  results: readonly Result[],
  candidates: readonly Pick<Candidate, "row" | "steady" | "readable">[],
  disturbed: number,
): string[] {
  const remarks: string[] = [];
  if (disturbed > 0) {
    remarks.push(
      `${name}: other programs kept the machine busy in ${disturbed} of ${
        formatCount(results[0]!.rounds, "round")
      }, so the figures tell less`,
    );
  }
  const unreadable = candidates.filter(({ readable }) => !readable).map(({ row }) => row.name);
  const unsteady = candidates.filter(({ steady }) => !steady).map(({ row }) => row.name);
  const whole = results.filter(({ tasks }) => tasks === results[0]!.tasks);
  if (unreadable.length > 0) {
    remarks.push(
      `${name}: the results of ${
        unreadable.join(", ")
      } could not be compared: they are nested too deeply`,
    );
  } else if (unsteady.length > 0) {
    remarks.push(`${name}: ${unsteady.join(", ")} gave other results from run to run`);
  } else if (new Set(whole.map(({ checksum }) => checksum)).size > 1) {
    remarks.push(`${name}: the models gave different results, see their checksums`);
  }
  if (!results.some(({ model }) => model === "sync")) {
    const { model } = results[0]!;
    remarks.push(`${name}: sync was not measured, so speed-ups are over ${model}`);
  }
  return remarks;
}
