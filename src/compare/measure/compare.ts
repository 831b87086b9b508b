import config from "../../../deno.json" with { type: "json" };
import {
  checkCount,
  checkDuration,
  checkFunction,
  checkNumber,
  checkOptions,
  show,
} from "../../core/check.ts";
import type { Comparison, ModelName } from "./comparison.ts";
import { DEFAULT_MODELS, type LoadModel, loadModel, MODELS } from "../models/load_model.ts";
import { ComparisonBuilder } from "./comparison_builder.ts";
import { describeMachine } from "./machine.ts";
import { exactly, FULL, QUICK, type StoppingRule } from "./stopping_rule.ts";
import { type Environment, type Plan, type Progress, Runner } from "./runner.ts";
import { openNoiseGauge } from "./noise.ts";
import { openMeter } from "./usage.ts";
import { isWorkload, type Workload } from "../workloads/workload.ts";
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
  /** How long one call may take, in milliseconds; default 30,000. One that takes longer ends the measuring. */
  readonly timeout?: number;
  /** Also has calls arrive at this rate, so many in a second, and tells their latency. Default: not at all. */
  readonly rate?: number;
  /**
   * Also finds out from which length of a task on the models pay, for work that computes; of other work `notes` says
   * why not. Default: with `cpu`, unless `quick` or `repeats` is given.
   */
  readonly breakEven?: boolean;
  /** Also predicts what more cores would bring. Default as `breakEven`. */
  readonly predict?: boolean;
  /** Also records what happened when, in one extra run of each model. Default false. */
  readonly trace?: boolean;
  /** Also runs the workloads that have a version in Python there, if `python3` is found. Default false. */
  readonly withPython?: boolean;
  /** The arguments of the command that asked for this, to be kept with the figures. */
  readonly command?: readonly string[];
  /** Where the NATS servers are that the model `distributed` goes over, as `"nats://127.0.0.1:4222"`. */
  readonly servers?: string | readonly string[];
  /** Ends the measuring after the run that is on: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told where the measuring stands, before each run. */
  readonly onProgress?: (progress: Progress) => void;
  /** Given everything so far after each measurement; awaited. */
  readonly onUpdate?: (comparison: Comparison) => void | Promise<void>;
}

/** With what real measurements are made. */
export const ENVIRONMENT: Environment = { loadModel, openMeter, openNoiseGauge, describeMachine };

/** How long one call may take if nothing is said, in milliseconds. */
export const DEFAULT_TIMEOUT = 30_000;

/** More workers than this for each core are a mistake: each is a thread or process of its own. */
const WORKERS_PER_CORE = 64;

/** The most threads or processes that a model may have on this machine. */
export function mostWorkers(): number {
  return WORKERS_PER_CORE * navigator.hardwareConcurrency;
}

/** The most calls in a second that can be made to arrive one by one. */
const MOST_RATE = 1_000_000;

/**
 * Runs the same work under every model, measures it, and says which model to use and why.
 *
 * - Every model runs every input of a workload. After one run to warm up, the models take turns, in an
 *   order drawn anew for each round, so that what disturbs the machine disturbs all of them alike.
 * - It goes on until every speed-up's interval is tight or the time is up; `repeats` sets the number.
 * - A fixed loop is timed beside each round. A round in which other programs had the machine is made again, as far
 *   as the time goes; `noise` counts them.
 * - Starting workers is in no sample: `startMs` has it.
 * - CPU time and memory include the model's threads and processes, not the site of the `io` workload.
 * - An error of the work itself, or a call that takes longer than `timeout`, ends the measuring: it rejects with a
 *   `WorkloadError` that names the model and the input. A model that may not be started, or to whose workers
 *   the function, the inputs or the results cannot be sent, is left out, and `notes` says why.
 *
 * Needs permission to read the modules of the workers; for processes also what `ProcessPoolExecutor`
 * needs; for the workload `io` `--allow-net=127.0.0.1` and `--allow-write` for its folder.
 *
 * @param workload workloads of your own or the names of built-in ones: `cpu`, `io`, `messages`, `memory`, `file`,
 *   `mixed`, `lock`, `pipeline`.
 * @throws {TypeError} if a name is unknown, or one is there twice.
 * @throws {RangeError} if there is nothing to measure, a number is out of its range, or there are more workers
 *   than 64 for each core.
 * @throws {WorkloadError} if the work fails or does not end.
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

/** As {@link compare}, in an environment of the caller's: of a test, or watched by the command. */
export async function compareIn(
  environment: Environment,
  workload: Workload | string | readonly (Workload | string)[],
  options: CompareOptions = {},
): Promise<Comparison> {
  checkOptions(options, "compare()", 'models: ["sync", "threads"]');
  const asked = Array.isArray(workload) ? workload : [workload];
  for (const each of asked) {
    if (typeof each === "string" || isWorkload(each)) continue;
    throw new TypeError(
      `Cannot measure workload ${show(each)}: give a name, or what defineWorkload() returned`,
    );
  }
  const workloads = asked.map((each: Workload | string) =>
    typeof each === "string" ? builtIn(each) : each
  );
  const models = options.models ?? DEFAULT_MODELS;
  if (!Array.isArray(models)) {
    throw new TypeError(`Cannot use models ${show(models)}: give an array, as ["sync", "threads"]`);
  }
  const empty = workloads.find(({ inputs }) => inputs.length === 0);
  if (empty !== undefined) {
    throw new RangeError(`Cannot measure workload ${empty.name}: it has no inputs, give one`);
  }
  checkSome(workloads.map(({ name }) => name), "workload");
  checkSome(models, "model");
  const unknown = models.find((model) => !MODELS.includes(model));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot measure model ${show(unknown)}: there are ${MODELS.join(", ")}`);
  }
  const servers = serversOf(options.servers, models);
  checkNumbers(options);
  checkListeners(options);
  const { trace = false, command, repeats, quick = false } = options;
  const tool = { version: config.version, ...(command === undefined ? {} : { command }) };
  const builder = new ComparisonBuilder(await environment.describeMachine(), tool, trace);
  const inDepth = repeats === undefined && !quick && workloads.some(({ name }) => name === "cpu");
  const plan: Plan = {
    models,
    workers: options.workers,
    rule: ruleOf(options),
    timeoutMs: options.timeout ?? DEFAULT_TIMEOUT,
    rate: options.rate,
    trace,
    breakEven: options.breakEven ?? inDepth,
    predict: options.predict ?? inDepth,
    sweepsAsked: options.breakEven === true || options.predict === true,
    withPython: options.withPython ?? false,
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
    onUpdate: options.onUpdate ?? (() => {}),
  };
  const loadModel: LoadModel = (model) => environment.loadModel(model, servers);
  return await new Runner(workloads, plan, { ...environment, loadModel }, builder).run();
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

/** The servers of the model `distributed`, which is measured over those that are named and no others. */
function serversOf(
  servers: CompareOptions["servers"],
  models: readonly ModelName[],
): readonly string[] {
  const all = typeof servers === "string" ? [servers] : servers ?? [];
  if (!Array.isArray(all) || !all.every((each) => typeof each === "string")) {
    throw new TypeError(
      `Cannot use servers ${show(servers)}: give an address, as "nats://127.0.0.1:4222"`,
    );
  }
  if (models.includes("distributed") && all.length === 0) {
    throw new TypeError(
      'Cannot measure model distributed: it needs a NATS server; give servers, as "nats://127.0.0.1:4222"',
    );
  }
  return all;
}

function checkNumbers({ workers, repeats, timeout, rate }: CompareOptions): void {
  if (workers !== undefined) {
    checkCount(workers, "workers");
    const most = mostWorkers();
    if (workers > most) {
      throw new RangeError(
        `Cannot use workers ${workers}: at most ${most} make sense on ${navigator.hardwareConcurrency} cores, give fewer`,
      );
    }
  }
  if (repeats !== undefined) checkCount(repeats, "repeats");
  if (timeout !== undefined) {
    checkDuration(timeout, "timeout");
    if (timeout === 0) throw new RangeError("Cannot use timeout 0: give some milliseconds");
  }
  if (rate !== undefined) {
    checkNumber(rate, "rate");
    if (!(rate > 0 && rate <= MOST_RATE)) {
      throw new RangeError(
        `Cannot use rate ${rate}: give calls in a second, above 0 and up to ${MOST_RATE}`,
      );
    }
  }
}

function checkListeners({ onProgress, onUpdate, signal }: CompareOptions): void {
  if (onProgress !== undefined) checkFunction(onProgress, "onProgress");
  if (onUpdate !== undefined) checkFunction(onUpdate, "onUpdate");
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(`Cannot use signal ${show(signal)}: give an AbortSignal`);
}
