import type { Result, Verdict } from "./comparison.ts";
import { formatBytes, formatCount, formatRatio, formatTime } from "./figures.ts";

/** From this share of CPU time on, work counts as computing. */
const COMPUTES = 0.5;

/** What has to be gained at the least, at the cautious end of the interval, to leave sync. */
const WORTH_IT = 1.05;

/** What is faster by less is not worth more memory. */
const ABOUT = 0.95;

/**
 * Which model to use for a workload, from what was measured.
 *
 * The rule is the course's, which is the Python community's: work that computes belongs on several
 * cores; work that waits belongs to asyncio if it can be asynchronous, to threads if it cannot.
 *
 *     CPU time ÷ wall time of sync     and                                         use
 *     ────────────────────────────     ─────────────────────────────────────────   ────────────────────
 *     half or more: it computes        threads or processes are faster             the one that is faster;
 *                                                                                  on a tie the smaller one
 *                                      neither is: crossing costs too much         sync
 *     less than half: it waits         async overlaps the waiting                  async
 *                                      it does not, since calls block; threads do  threads
 *                                      nothing overlaps it                         sync
 *
 * Python has processes in the first line, because its threads take turns under the GIL. Threads here
 * have no such lock, so both stand for election.
 */
export function decide(results: readonly Result[]): Verdict {
  const base = results.find((each) => each.model === "sync") ?? results[0];
  if (base === undefined) throw new TypeError("Cannot decide without results: measure first");
  const computes = isComputing(base);
  const share = computes === base.cpuShare >= COMPUTES
    ? formatRatio(base.cpuShare)
    : `${formatRatio(quietShare(base))} in its quietest run`;
  const verdict = computes
    ? decideComputing(results, base, `the work computes (CPU time ÷ wall time ${share})`)
    : decideWaiting(results, base, `the work waits (CPU time ÷ wall time ${share})`);
  return { workload: base.workload, model: verdict.model, why: verdict.why };
}

/** Whether what was measured computes, rather than waits. */
export function isComputing(result: Result): boolean {
  return quietShare(result) >= COMPUTES;
}

/**
 * CPU time ÷ wall time of the fastest run. Work that has to share its core with other programs waits for
 * them, too, but that is not the waiting that the rule asks for.
 */
function quietShare({ cpuShare, samples, wallMs }: Result): number {
  const mean = samples.reduce((total, each) => total + each, 0) / samples.length;
  return cpuShare * mean / wallMs.min;
}

type Choice = Pick<Verdict, "model" | "why">;

function decideComputing(results: readonly Result[], base: Result, because: string): Choice {
  const rivals = results.filter(isParallel);
  const best = choose(rivals);
  if (best === undefined) {
    return {
      model: base.model,
      why: rivals.length === 0
        ? `Use ${base.model}: ${because}, and nothing that uses several cores was measured.`
        : rivals.some(({ speedup }) => speedup.value > 0.9)
        ? `Use ${base.model}: ${because}, and no other model is faster beyond doubt ` +
          `(${listSpeedups(rivals)}); were other cores free?`
        : `Use ${base.model}: ${because}, but one call takes ${perTask(base)}, and crossing ` +
          `costs more than other cores save (${listSpeedups(rivals)}).`,
    };
  }
  const others = rivals.filter((each) => each !== best && !each.model.includes("-"));
  const rest = others.length === 0 ? "" : `; ${listSpeedups(others)}, ${costs(others, best)}`;
  return {
    model: best.model,
    why: `Use ${best.model}: ${because}, and ${makes(best)} ${times(best, base)}${rest}.`,
  };
}

function decideWaiting(results: readonly Result[], base: Result, because: string): Choice {
  const async = results.find((each) => each.model === "async");
  const rivals = results.filter(isParallel);
  const best = choose(rivals);
  if (
    async !== undefined && isWorthIt(async) && !(best !== undefined && clearlyBeats(best, async))
  ) {
    const rest = best === undefined
      ? ""
      : `; ${listSpeedups([best])} with ${workersOf(best)} and ${formatBytes(best.peakRssBytes)} ` +
        `instead of ${formatBytes(async.peakRssBytes)}`;
    return {
      model: async.model,
      why: `Use async: ${because}, ${perTask(base)} in each call, and one thread that overlaps ` +
        `the waiting makes it ${times(async, base)}${rest}.`,
    };
  }
  if (best !== undefined) {
    const blocked = async === undefined
      ? "async was not measured"
      : `async reaches only ${formatRatio(async.speedup.value)} times`;
    return {
      model: best.model,
      why: `Use ${best.model}: ${because}, and ${blocked}, while ${makes(best)} ` +
        `${times(best, base)}.`,
    };
  }
  return {
    model: base.model,
    why: `Use ${base.model}: ${because}, and no other model overlaps the waiting ` +
      `(${listSpeedups(results.filter((each) => each !== base)) || "none was measured"}).`,
  };
}

/** Threads and processes, handed their inputs in any way; not the Gil, and nobody from outside. */
function isParallel(result: Result): boolean {
  return /^(threads|processes)(-|$)/.test(result.model);
}

function isWorthIt(result: Result): boolean {
  return result.speedup.low >= WORTH_IT;
}

function clearlyBeats(one: Result, other: Result): boolean {
  return one.speedup.low > other.speedup.high && one.speedup.value > 1.25 * other.speedup.value;
}

/** The fastest that is worth it; of those that are about as fast, the one that takes least memory. */
function choose(rivals: readonly Result[]): Result | undefined {
  const worth = rivals.filter(isWorthIt);
  if (worth.length === 0) return undefined;
  const fastest = worth.reduce((a, b) => b.speedup.value > a.speedup.value ? b : a);
  return worth
    .filter(({ speedup: { value, high } }) =>
      high >= fastest.speedup.low || value >= ABOUT * fastest.speedup.value
    )
    .reduce((a, b) => b.peakRssBytes < a.peakRssBytes ? b : a);
}

function times({ speedup: { value, low, high } }: Result, base: Result): string {
  const interval = low === high ? "" : ` (${formatRatio(low)} to ${formatRatio(high)})`;
  return `${formatRatio(value)} times as fast as ${base.model}${interval}`;
}

function workersOf({ model, workers }: Result): string {
  return model.startsWith("threads")
    ? formatCount(workers, "thread")
    : formatCount(workers, "process", "processes");
}

function makes(result: Result): string {
  return `${workersOf(result)} ${result.workers === 1 ? "makes" : "make"} it`;
}

function perTask({ wallMs, tasks }: Result): string {
  return formatTime(wallMs.median / tasks);
}

function listSpeedups(results: readonly Result[]): string {
  return results
    .map(({ model, speedup }) => `${model} ${reach(model)} ${formatRatio(speedup.value)}`)
    .join(", ");
}

function reach(model: string): string {
  return /^(threads|processes)$/.test(model) ? "reach" : "reaches";
}

function costs(others: readonly Result[], best: Result): string {
  const other = others[0]!;
  return `starting in ${formatTime(other.startMs)} instead of ${formatTime(best.startMs)} and ` +
    `holding ${formatBytes(other.peakRssBytes)} instead of ${formatBytes(best.peakRssBytes)}`;
}
