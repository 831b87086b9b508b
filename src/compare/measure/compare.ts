import { checkOptions, show } from "../../core/check.ts";
import type { Comparison, ModelName } from "./comparison.ts";
import { DEFAULT_MODELS, loadModel, MODELS } from "../models/load_model.ts";
import { ComparisonBuilder } from "./comparison_builder.ts";
import { describeMachine } from "./machine.ts";
import { exactly, FULL, QUICK, type StoppingRule } from "./stopping_rule.ts";
import { type Environment, type Plan, type Progress, Runner } from "./runner.ts";
import { systemMeter } from "./usage.ts";
import type { Workload } from "../workloads/workload.ts";
import { builtIn } from "../workloads/built_in.ts";

/** How to measure. */
export interface CompareOptions {
  /** The models to measure; default sync, threads, processes and async. */
  readonly models?: readonly ModelName[];
  /** How many threads or processes; by default a core each where work computes, else one for each task up to 16. */
  readonly workers?: number;
  /** How many measured runs of each model; by default until the intervals are tight or the time is up. */
  readonly repeats?: number;
  /** Fewer and wider: a first look instead of figures to rely on. Default false. */
  readonly quick?: boolean;
  /** Also records what happened when, in one extra run of each model. Default false. */
  readonly trace?: boolean;
  /** Also runs the built-in workloads `cpu` and `io` in Python, if `python3` is there. Default false. */
  readonly withPython?: boolean;
  /** Ends the measuring after the run that is on: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told where the measuring stands, before each run. */
  readonly onProgress?: (progress: Progress) => void;
  /** Given everything so far after each measurement; awaited. */
  readonly onUpdate?: (comparison: Comparison) => void | Promise<void>;
}

/** With what real measurements are made. */
const ENVIRONMENT: Environment = { loadModel, meter: systemMeter, describeMachine };

/**
 * Runs the same work under every model, measures it, and says which model to use and why.
 *
 * - Every model runs every input of a workload. After one run to warm up, the models take turns, in an
 *   order drawn anew for each round, so that what disturbs the machine disturbs all of them alike.
 * - It goes on until every speed-up's interval is tight or the time is up; `repeats` sets the number.
 * - Starting workers is in no sample: `startMs` has it.
 * - CPU time and memory include the model's threads and processes, not the site of the `io` workload.
 * - An error of the work itself, in whatever model, ends the measuring: it rejects with that error.
 *
 * Needs permission to read the modules of the workers; for processes also what `ProcessPoolExecutor`
 * needs; for the workload `io` `--allow-net=127.0.0.1` and `--allow-write` for its folder.
 *
 * @param workload workloads of your own or the names of built-in ones: `cpu`, `io`, `messages`, `memory`.
 * @throws {TypeError} if a name is unknown, or one is there twice.
 * @throws {RangeError} if there is nothing to measure, or `workers` or `repeats` is no whole number from 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compare, defineWorkload, portable } from "@quartet/concurrency/compare";
 *
 * const square = portable(import.meta, function square(n: number) {
 *   return n * n;
 * });
 * const squares = defineWorkload({ name: "squares", run: square, inputs: [1, 2, 3] });
 * const comparison = await compare(squares, { models: ["sync", "async"], repeats: 2 });
 * assertEquals(comparison.results.map((each) => each.samples.length), [2, 2]);
 * ```
 */
export function compare(
  workload: Workload | string | readonly (Workload | string)[],
  options: CompareOptions = {},
): Promise<Comparison> {
  return compareIn(ENVIRONMENT, workload, options);
}

/** As {@link compare}, in a environment of the caller's; for tests. */
export async function compareIn(
  environment: Environment,
  workload: Workload | string | readonly (Workload | string)[],
  options: CompareOptions = {},
): Promise<Comparison> {
  checkOptions(options, "compare()", 'models: ["sync", "threads"]');
  const asked = Array.isArray(workload) ? workload : [workload];
  for (const each of asked) {
    if (typeof each !== "string" && typeof each?.run !== "function") {
      throw new TypeError(
        `Cannot measure workload ${show(each)}: give a name, or what defineWorkload() returned`,
      );
    }
  }
  const workloads = asked.map((each: Workload | string) =>
    typeof each === "string" ? builtIn(each) : each
  );
  const models = options.models ?? DEFAULT_MODELS;
  checkSome(workloads.map(({ name }) => name), "workload");
  checkSome(models, "model");
  const unknown = models.find((model) => !MODELS.includes(model));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot measure model "${unknown}": there are ${MODELS.join(", ")}`);
  }
  checkCount(options.workers, "workers");
  checkCount(options.repeats, "repeats");
  const trace = options.trace ?? false;
  const builder = new ComparisonBuilder(await environment.describeMachine(), trace);
  const plan: Plan = {
    models,
    workers: options.workers,
    rule: ruleOf(options),
    trace,
    withPython: options.withPython ?? false,
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
    onUpdate: options.onUpdate ?? (() => {}),
  };
  return await new Runner(workloads, plan, environment, builder).run();
}

function ruleOf({ repeats, quick = false }: CompareOptions): StoppingRule {
  if (repeats !== undefined) return exactly(repeats);
  return quick ? QUICK : FULL;
}

function checkSome(names: readonly string[], what: string): void {
  if (names.length === 0) {
    throw new RangeError(`Cannot compare: no ${what} was given, name at least one`);
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(`Cannot compare: ${what} "${twice}" is there twice`);
  }
}

function checkCount(value: number | undefined, name: string): void {
  if (value === undefined) return;
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`Cannot compare with ${name} ${value}: give a whole number from 1`);
  }
}
