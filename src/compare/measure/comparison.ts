import { show } from "../../core/check.ts";
import type { SpanKind } from "../../core/trace.ts";

/** What a workload mostly does: computing, waiting for input or output, or both. */
export type WorkloadKind = "cpu" | "io" | "mixed";

/** A way to run work. Other rows (a way to hand data over, a Python model) have names of their own. */
export type ModelName = "sync" | "threads" | "gil" | "processes" | "async";

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
  /** How many times faster than sync, with the 95 % interval of that ratio. Of sync itself: 1. */
  readonly speedup: { readonly value: number; readonly low: number; readonly high: number };
  /** CPU time ÷ wall time over the measured runs; the model's processes are included. */
  readonly cpuShare: number;
  /** What it took until every worker was ready, in milliseconds; in no sample. */
  readonly startMs: number;
  /**
   * The highest resident memory while the model ran for the first time: what this process held when
   * the comparison began, what the model added to that, and all of the model's processes; pages that
   * processes share, such as Deno's own code, are counted in each of them.
   */
  readonly peakRssBytes: number;
  /** Of the results: the same for every model when they all computed the same. */
  readonly checksum: string;
}

/** Which model to use for a workload. */
export interface Verdict {
  /** The workload's name. */
  readonly workload: string;
  /** The model to use. */
  readonly model: ModelName | string;
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
}

/** What happened when in one extra run that is in no sample. */
export interface Trace {
  /** The workload's name. */
  readonly workload: string;
  /** The model. */
  readonly model: ModelName | string;
  /** How long the run took, in milliseconds. */
  readonly durationMs: number;
  /** In the order of their beginning. */
  readonly spans: readonly TraceSpan[];
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
  /** The machine. */
  readonly machine: Machine;
  /** In the order of the workloads, then of the models. */
  readonly results: readonly Result[];
  /** One for each workload that was measured to its end. */
  readonly verdicts: readonly Verdict[];
  /** Things that a reader of the figures should know: results that differ, figures that are missing. */
  readonly notes?: readonly string[];
  /** There when a trace was asked for. */
  readonly traces?: readonly Trace[];
}

/** Refuses what is no comparison. */
export function checkComparison(value: unknown): void {
  const { results, machine } = (value ?? {}) as Partial<Comparison>;
  if (Array.isArray(results) && typeof machine === "object") return;
  throw new TypeError(
    `Cannot use comparison ${
      show(value)
    }: give what compare() returned, or what --json wrote, parsed`,
  );
}
