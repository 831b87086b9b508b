import { show } from "../../core/check.ts";
import type { SpanKind } from "../../core/trace.ts";

/** What a workload mostly does: computing, waiting for input or output, or both. */
export type WorkloadKind = "cpu" | "io" | "mixed";

/** A way to run work. Other rows (a way to hand data over, a Python model) have names of their own. */
export type ModelName =
  | "sync"
  | "threads"
  | "gil"
  | "gil-ticks"
  | "processes"
  | "async"
  | "generators"
  | "gevent"
  | "distributed";

/** The machine that was measured. Zero or `"unknown"` where a permission was not given. */
export interface Machine {
  /** `"linux"`, `"darwin"`, `"windows"`, … */
  readonly os: string;
  /** `"x86_64"`, `"aarch64"`. */
  readonly arch: string;
  /** The processor's own name; needs `--allow-sys=cpus`. */
  readonly cpu: string;
  /** Logical cores that this process may use. */
  readonly cores: number;
  /** Main memory; needs `--allow-sys=systemMemoryInfo`. */
  readonly memoryBytes: number;
  /** The version of Deno. */
  readonly deno: string;
  /** The version of V8. */
  readonly v8: string;
}

/** One workload under one model. */
export interface Result {
  /** The workload's name. */
  readonly workload: string;
  /** What the workload was said to be. */
  readonly kind: WorkloadKind;
  /** A {@link ModelName}, or the name of another row. */
  readonly model: ModelName | string;
  /** How many calls one run makes. */
  readonly tasks: number;
  /** How many threads or processes run them; 1 for sync and async. */
  readonly workers: number;
  /** The wall time of each measured run, in milliseconds, in the order in which they were made. */
  readonly samples: readonly number[];
  /** The samples in short, in milliseconds. */
  readonly wallMs: { readonly median: number; readonly min: number; readonly max: number };
  /** How many rounds the figures are from: one sample of each row is from each round. */
  readonly rounds: number;
  /**
   * How many times faster than sync; of sync itself: 1. From six rounds on `low` and `high` are the 95 %
   * interval of that ratio; with fewer they are only the range of what was seen.
   */
  readonly speedup: { readonly value: number; readonly low: number; readonly high: number };
  /**
   * CPU time ÷ wall time over the measured runs, of the threads that did the work: the one that submits,
   * and the model's own. Tells nothing where `tooShort` is set.
   */
  readonly cpuShare: number;
  /**
   * How long the thread that submits wanted to compute in all measured runs while other threads or programs had
   * the cores, in milliseconds; there where the operating system tells.
   */
  readonly coreWaitMs?: number;
  /** There when a run ended so soon that its CPU time cannot be told from that of measuring it. */
  readonly tooShort?: true;
  /** Wall times of rounds that other programs disturbed and that were run again, in milliseconds; in no figure. */
  readonly disturbedSamples?: readonly number[];
  /** What it took until every worker was ready, in milliseconds; in no sample. */
  readonly startMs: number;
  /**
   * The highest resident memory while the model ran for the first time: what this process held when
   * the comparison began, what the model added to that, and all of the model's processes; pages that
   * processes share, such as Deno's own code, are counted in each of them.
   */
  readonly peakRssBytes: number;
  /** How much of that the model added to what the program held anyway: what tables show as memory. */
  readonly addedBytes: number;
  /** There when calls arrived at a rate, whether or not those before them were done. */
  readonly arrivals?: Arrivals;
  /** Of the results: the same for every model when they all computed the same. */
  readonly checksum: string;
}

/** What became of calls that arrived at a rate of their own (an open loop). */
export interface Arrivals {
  /** How many arrived in a second. */
  readonly rate: number;
  /** How many arrived. */
  readonly arrived: number;
  /** How many were done. */
  readonly done: number;
  /** How many were turned away, since too many waited already. */
  readonly shed: number;
  /** From the moment at which a call was due to its result, in milliseconds. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** Which model to use for a workload. */
export interface Verdict {
  /** The workload's name. */
  readonly workload: string;
  /** The model to use; `null` where it cannot be said. */
  readonly model: ModelName | string | null;
  /** The reason, one sentence with the measured figures in it. */
  readonly why: string;
}

/** One stretch of time in a lane. */
export interface TraceSpan {
  /** The thread, process or task. */
  readonly lane: string;
  /** What was done. */
  readonly name: string;
  /** `"job"`: a whole call; within it `"running"`, `"io"` (waiting for it), `"lock"` (waiting for one). */
  readonly kind: SpanKind;
  /** Milliseconds since the beginning of the run. */
  readonly start: number;
  /** Milliseconds since the beginning of the run. */
  readonly end: number;
  /** Of a whole call: when it was submitted, in milliseconds since the beginning of the run. */
  readonly submitted?: number;
}

/** What happened when in one extra run that is in no sample. */
export interface Trace {
  /** The workload's name. */
  readonly workload: string;
  /** The model. */
  readonly model: ModelName | string;
  /** How long the run took, in milliseconds. */
  readonly durationMs: number;
  /** How many calls were traced: the first ones. */
  readonly calls: number;
  /** How many calls a run makes. */
  readonly tasks: number;
  /** In the order of their beginning. */
  readonly spans: readonly TraceSpan[];
}

/** How quiet the machine was: a fixed loop is timed before and after each round. */
export interface Noise {
  /** How many rounds were made. */
  readonly rounds: number;
  /** In how many of them other programs took the cores away. */
  readonly disturbed: number;
}

/** From which length of a task on a model pays on this machine. */
export interface BreakEven {
  /** What the sweep was made with. */
  readonly workload: string;
  /** The model. */
  readonly model: ModelName | string;
  /** The length of one task, in milliseconds; `null` if it does not pay at any length that was tried. */
  readonly taskMs: { readonly value: number; readonly low: number; readonly high: number } | null;
}

/** What more cores would bring. A prediction from a fitted model, nothing that was measured. */
export interface Prediction {
  /** The workload's name. */
  readonly workload: string;
  /** The model. */
  readonly model: ModelName | string;
  /** How many cores. */
  readonly cores: number;
  /** How many times faster than sync. */
  readonly speedup: { readonly value: number; readonly low: number; readonly high: number };
}

/** What made a comparison. */
export interface Tool {
  /** The version of this package. */
  readonly version: string;
  /** The arguments of the command, if it was one. */
  readonly command?: readonly string[];
}

/**
 * What was measured: plain JSON, the one input of every report.
 *
 * - `version` changes when the meaning of a field changes; new optional fields may come at any time.
 * - `complete` is false as long as something is still to be measured, and stays so after Ctrl-C.
 */
export interface Comparison {
  /** Of this format. */
  readonly version: 1;
  /** Whether everything that was asked for is in it. */
  readonly complete: boolean;
  /** ISO 8601, in UTC. */
  readonly startedAt: string;
  /** What made it. */
  readonly tool: Tool;
  /** The machine. */
  readonly machine: Machine;
  /** How quiet the machine was. */
  readonly noise: Noise;
  /** In the order of the workloads, then of the models. */
  readonly results: readonly Result[];
  /** One for each workload that was measured to its end. */
  readonly verdicts: readonly Verdict[];
  /** Things that a reader of the figures should know: results that differ, figures that are missing. */
  readonly notes?: readonly string[];
  /** There when a sweep over lengths of tasks was made. */
  readonly breakEven?: readonly BreakEven[];
  /** There when a prediction was asked for. */
  readonly prediction?: readonly Prediction[];
  /** There when a trace was asked for. */
  readonly traces?: readonly Trace[];
}

/** Refuses what is no comparison. */
export function checkComparison(value: unknown): void {
  const { results, machine, verdicts, startedAt } = (value ?? {}) as Partial<Comparison>;
  const isOne = Array.isArray(results) && results.every(isResult) && Array.isArray(verdicts) &&
    typeof machine?.cores === "number" && typeof startedAt === "string";
  if (isOne) return;
  throw new TypeError(
    `Cannot use comparison ${
      show(value)
    }: give what compare() returned, or what --json wrote, parsed`,
  );
}

function isResult(value: unknown): value is Result {
  const { workload, model, samples, wallMs, speedup, tasks } = (value ?? {}) as Partial<Result>;
  return typeof workload === "string" && typeof model === "string" && Array.isArray(samples) &&
    [wallMs?.median, speedup?.value, tasks].every((each) => typeof each === "number");
}
