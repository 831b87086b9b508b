import type { Result, Verdict } from "../measure/comparison.ts";
import { formatBytes, formatCount, formatRatio, formatTime } from "../measure/figures.ts";
import { ROUNDS_FOR_INTERVAL } from "./speedup.ts";

/** From this share of CPU time on, work counts as computing. */
const COMPUTES = 0.5;

/** What has to be gained at the least, at the cautious end of the interval, to leave sync. */
const WORTH_IT = 1.05;

/** The same for the one ratio of a single round, which has no interval. */
const WORTH_IT_ONCE = 1.25;

/** What is faster by less is not worth more memory. */
const ABOUT = 0.95;

/** What is slower by more is not about as fast, however wide the intervals are. */
const NEAR = 0.85;

/** Where the work waits, one thread is preferred to many until they are faster by more than this. */
const FAR_AHEAD = 1.25;

/** The same where there are too few rounds for an interval: one of them may have been an unlucky one. */
const FAR_AHEAD_AT_A_GLANCE = 3;

/** A call of less than this, in milliseconds, takes about as long as submitting it. */
const SHORT_CALL = 0.02;

/** How quiet the rounds were that are in the figures. */
export interface Quiet {
  readonly rounds: number;
  readonly disturbed: number;
}

/**
 * Which model to use for a workload, from what was measured and nothing else.
 *
 * - **What can be chosen.** Whatever runs work here: sync, threads, processes, async and their kin. Not the Gil,
 *   which only shows what Python's threads would do, and no row of Python; each gets a sentence.
 * - **What counts as faster.** The whole interval (or, with fewer than six rounds, the whole range) of the
 *   speed-up over sync is above {@linkcode WORTH_IT}.
 * - **Which is chosen.** The fastest of those. About as fast is a model that is slower by 5 % at most, or by 15 %
 *   with an interval that overlaps; of several, computing goes to the one with less memory, waiting to async,
 *   which takes one thread (the rule of the Python community: asyncio when you can, threading when you must).
 *   A model that is faster than sync and not chosen is named with the reason.
 * - **When none is faster.** Sync, since it is the simplest, unless other programs had the machine in half of the
 *   rounds or more: then it cannot be said.
 *
 * Whether the work computes or waits is what sync did: CPU time ÷ wall time. Without sync it is not known.
 *
 * @param quiet how many of the rounds other programs disturbed; default none.
 */
export function decide(results: readonly Result[], quiet?: Quiet): Verdict {
  const first = results[0];
  if (first === undefined) throw new TypeError("Cannot decide without results: measure first");
  const base = results.find(({ model }) => model === "sync");
  const choice = base === undefined
    ? chooseWithoutSync(results)
    : chooseOverSync(results, base, quiet);
  const why = [choice.why, ...sentencesBeside(results, base)].join(" ");
  return { workload: first.workload, model: choice.model, why };
}

/** Whether what was measured computes, rather than waits; `null` if it was over too soon to tell. */
export function isComputing(result: Result): boolean | null {
  return result.tooShort ? null : quietShare(result) >= COMPUTES;
}

/**
 * CPU time ÷ wall time, without the time that it waited for a core; where that is not known, of the fastest run.
 * Work that has to share its core with other programs waits for them, too, but that is not the waiting that is
 * meant here.
 */
function quietShare({ cpuShare, samples, wallMs, coreWaitMs }: Result): number {
  const total = samples.reduce((total, each) => total + each, 0);
  if (coreWaitMs !== undefined) {
    return Math.min(1, cpuShare * total / Math.max(total - coreWaitMs, cpuShare * total));
  }
  return Math.min(1, cpuShare * total / samples.length / wallMs.min);
}

type Choice = Pick<Verdict, "model" | "why">;

function chooseOverSync(results: readonly Result[], base: Result, quiet?: Quiet): Choice {
  const rivals = results.filter((each) => each !== base && canBeChosen(each));
  // A few runs that are over at once show what the machine did besides, not what a model is good for.
  const isTelling = !base.tooShort || base.rounds >= ROUNDS_FOR_INTERVAL;
  const cheaper = isTelling
    ? rivals.filter((each) => isFaster(each) && isOnlyCheaper(each, base))
    : [];
  const faster = isTelling
    ? rivals.filter((each) => isFaster(each) && !cheaper.includes(each))
    : [];
  const nature = natureOf(base);
  if (faster.length === 0) return stayWithSync(results, rivals, cheaper, base, nature, quiet);
  const best = pick(faster, isComputing(base) === false);
  const passed = faster.filter((each) => each !== best);
  const slower = rivals.filter((each) => !isFaster(each) && !each.model.includes("-"));
  const rest = [
    ...passed.map((each) => reasonAgainst(each, best)),
    ...cheaper.map(cheapReason),
    ...slower.map((each) =>
      `${each.model} ${verb(each, "reach")} ${formatRatio(each.speedup.value)}`
    ),
  ];
  return {
    model: best.model,
    why: `Use ${best.model}: ${nature}, and ${makes(best)} ${times(best, base)}` +
      `${rest.length === 0 ? "" : `; ${rest.join(", ")}`}.`,
  };
}

function stayWithSync(
  results: readonly Result[],
  rivals: readonly Result[],
  cheaper: readonly Result[],
  base: Result,
  nature: string,
  quiet?: Quiet,
): Choice {
  if (rivals.length === 0) {
    const gil = results.find((each) => isGil(each) && isFaster(each));
    if (gil !== undefined) {
      return {
        model: null,
        why:
          `It cannot be said: ${nature}, and even under Python's lock (${gil.model}) threads make it ` +
          `${times(gil, base)}, but neither threads nor async was measured; measure them, too.`,
      };
    }
    return {
      model: base.model,
      why: `Use ${base.model}: ${nature}, and no other model was measured.`,
    };
  }
  const speedups = [
    listSpeedups(rivals.filter((each) => !cheaper.includes(each))),
    ...cheaper.map(cheapReason),
  ].filter((text) => text !== "").join(", ");
  if (rivals.every((each) => isSlower(each) || cheaper.includes(each))) {
    return {
      model: base.model,
      why:
        `Use ${base.model}: ${nature}, but one call takes ${perTask(base)}, and handing it over ` +
        `costs more than that saves (${speedups}).`,
    };
  }
  if (quiet !== undefined && quiet.rounds > 0 && 2 * quiet.disturbed >= quiet.rounds) {
    return {
      model: null,
      why: `It cannot be said: other programs kept the machine busy in ${quiet.disturbed} of ` +
        `${
          formatCount(quiet.rounds, "round")
        }, and no model is faster beyond doubt (${speedups}); ` +
        `measure again when it is quiet.`,
    };
  }
  const sure = rivals[0]!.rounds >= ROUNDS_FOR_INTERVAL
    ? "is faster beyond doubt"
    : `was faster in each of ${formatCount(base.rounds, "round")}`;
  return {
    model: base.model,
    why: `Use ${base.model}: ${nature}, and no other model ${sure} (${speedups}).`,
  };
}

/** Speed-ups are over the first row then; what the work does by itself is not known. */
function chooseWithoutSync(results: readonly Result[]): Choice {
  const reference = results[0]!;
  const rivals = results.filter(canBeChosen);
  if (rivals.length < 2) {
    const only = results.length === 1
      ? `only ${reference.model} was measured`
      : "sync was not measured";
    return { model: null, why: `It cannot be said: ${only}; measure sync and the others, too.` };
  }
  const faster = rivals.filter((each) => each !== reference && isFaster(each));
  const others = rivals.filter((each) => each !== reference);
  const unknown = "sync was not measured, so whether the work computes or waits is not known";
  if (faster.length > 0) {
    const best = pick(faster, false);
    const passed = faster.filter((each) => each !== best).map((each) => reasonAgainst(each, best));
    return {
      model: best.model,
      why: `Use ${best.model}: ${makes(best)} ${times(best, reference)}` +
        `${passed.length === 0 ? "" : `; ${passed.join(", ")}`}; ${unknown}.`,
    };
  }
  if (canBeChosen(reference) && others.every(isSlower)) {
    return {
      model: reference.model,
      why: `Use ${reference.model}: the others are slower (${listSpeedups(others)}); ${unknown}.`,
    };
  }
  return {
    model: null,
    why: `It cannot be said: no model is faster than ${reference.model} beyond doubt ` +
      `(${listSpeedups(others)}); ${unknown}.`,
  };
}

/** What the rows say that are there to show something, and cannot be chosen. */
function sentencesBeside(results: readonly Result[], base: Result | undefined): string[] {
  const sentences: string[] = [];
  const reference = base ?? results[0]!;
  if (results.some((each) => canBeChosen(each) && each !== reference)) {
    for (const gil of results.filter((each) => isGil(each) && each !== reference)) {
      const { value } = gil.speedup;
      sentences.push(
        isFaster(gil)
          ? `Under Python's lock (${gil.model}) threads would reach ${
            formatRatio(value)
          }, since they overlap waiting.`
          : `Under Python's lock (${gil.model}) threads would reach ${
            formatRatio(value)
          }, since they take turns.`,
      );
    }
  }
  const python = results.filter(({ model }) => isPython(model));
  if (python.length > 0) {
    const best = python.reduce((a, b) => b.speedup.value > a.speedup.value ? b : a);
    sentences.push(
      `Of Python's rows ${best.model} is the fastest, ${
        formatRatio(best.speedup.value)
      } times as fast as ${reference.model} here.`,
    );
  }
  return sentences;
}

/** Not the Gil, which is there to show something, and no row from outside. */
function canBeChosen(result: Result): boolean {
  return !isGil(result) && !isPython(result.model);
}

function isGil({ model }: Result): boolean {
  return /^gil(-|$)/.test(model);
}

/** Rows of Python are named after its interpreters. */
function isPython(model: string): boolean {
  return model.startsWith("python");
}

function isFaster({ speedup: { value, low }, rounds }: Result): boolean {
  return rounds === 1 ? value >= WORTH_IT_ONCE : low >= WORTH_IT;
}

function isSlower({ speedup: { value, high }, rounds }: Result): boolean {
  return rounds === 1 ? value <= 1 / WORTH_IT_ONCE : high < 1;
}

/** The fastest; of those that are about as fast, async where the work waits, else the one with the least memory. */
function pick(faster: readonly Result[], waits: boolean): Result {
  const fastest = faster.reduce((a, b) => b.speedup.value > a.speedup.value ? b : a);
  const async = faster.find(({ model }) => model === "async");
  if (waits && async !== undefined) {
    const factor = fastest.rounds < ROUNDS_FOR_INTERVAL ? FAR_AHEAD_AT_A_GLANCE : FAR_AHEAD;
    const far = fastest.speedup.low > async.speedup.high &&
      fastest.speedup.value > factor * async.speedup.value;
    if (!far) return async;
  }
  return faster.filter((each) => isAbout(each, fastest))
    .reduce((a, b) => b.addedBytes < a.addedBytes ? b : a);
}

function isAbout({ speedup: { value, high } }: Result, fastest: Result): boolean {
  const share = value / fastest.speedup.value;
  return share >= ABOUT || (high >= fastest.speedup.low && share >= NEAR);
}

/**
 * Whether a model that has no other thread is faster than sync with work that computes in so short calls that
 * the difference is what submitting them costs.
 */
function isOnlyCheaper(each: Result, base: Result): boolean {
  return each.workers === 1 && !/^(threads|processes|distributed)/.test(each.model) &&
    isComputing(base) === true && base.wallMs.median / base.tasks < SHORT_CALL;
}

function cheapReason(each: Result): string {
  return `${each.model} ${verb(each, "reach")} ${
    formatRatio(each.speedup.value)
  }, which of calls this short ` +
    `is only what submitting them costs`;
}

/** Why a model that is faster than sync is not chosen. */
function reasonAgainst(each: Result, best: Result): string {
  const reach = `${each.model} ${verb(each, "reach")} ${formatRatio(each.speedup.value)}`;
  if (each.speedup.value < best.speedup.value && !isAbout(each, best)) return reach;
  const memory = `${formatBytes(each.addedBytes)} instead of ${formatBytes(best.addedBytes)}`;
  if (each.workers > 1 && best.workers === 1) {
    return `${reach} with ${workersOf(each)} and ${memory}`;
  }
  return each.addedBytes > best.addedBytes
    ? `${reach}, with ${memory} and starting in ${formatTime(each.startMs)} instead of ${
      formatTime(best.startMs)
    }`
    : `${reach}, which is about the same`;
}

/** Whether the work computes or waits, by what sync did. */
function natureOf(base: Result): string {
  const computes = isComputing(base);
  if (computes === null) {
    return `one run takes ${
      formatTime(base.wallMs.median)
    }, too short to tell whether the work computes or waits`;
  }
  const share = computes === base.cpuShare >= COMPUTES
    ? formatRatio(base.cpuShare)
    : `${formatRatio(quietShare(base))} ${
      base.coreWaitMs === undefined ? "in its quietest run" : "without waiting for a core"
    }`;
  return `the work ${computes ? "computes" : "waits"} (CPU time ÷ wall time ${share})` +
    `${computes ? "" : `, ${perTask(base)} in each call`}`;
}

function times({ speedup: { value, low, high }, rounds }: Result, base: Result): string {
  const seen = `${formatRatio(low)} to ${formatRatio(high)}`;
  const interval = rounds === 1
    ? " (in the one round that was made)"
    : rounds < ROUNDS_FOR_INTERVAL
    ? ` (${seen} in ${rounds} rounds)`
    : low === high
    ? ""
    : ` (${seen})`;
  return `${formatRatio(value)} times as fast as ${base.model}${interval}`;
}

function workersOf({ model, workers }: Result): string {
  if (/^(threads|gil)/.test(model)) return formatCount(workers, "thread");
  if (model.startsWith("processes")) return formatCount(workers, "process", "processes");
  if (model === "distributed") return `${formatCount(workers, "worker")} behind a server`;
  return `${model} on one thread`;
}

function makes(result: Result): string {
  const one = result.workers === 1 && !result.model.startsWith("processes");
  if (result.model === "async") return "one thread that overlaps its calls makes it";
  return `${workersOf(result)} ${one || result.workers === 1 ? "makes" : "make"} it`;
}

function perTask({ wallMs, tasks }: Result): string {
  return formatTime(wallMs.median / tasks);
}

function listSpeedups(results: readonly Result[]): string {
  return results
    .map((each) => `${each.model} ${verb(each, "reach")} ${formatRatio(each.speedup.value)}`)
    .join(", ");
}

/** `threads reach`, `async reaches`. */
function verb({ model }: Result, word: string): string {
  return /^(threads|processes|generators)$/.test(model) ? word : `${word}es`;
}
