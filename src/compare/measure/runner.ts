/**
 * The measuring itself.
 *
 *     for each workload   open what it needs around it
 *       for each model      start its executor (start cost), one run to warm up (peak memory)
 *       rounds              every model once, in an order drawn anew for each round, until the
 *                           intervals are tight or the time is up; after each run the state is handed out
 *       arrivals            calls at a rate of their own, if one was given
 *       trace               one more run for each model, if lanes are to be drawn
 *       verdict             from what was measured
 */
import { now, setTimer } from "../../core/clock.ts";
import { allEnded } from "../../core/parts.ts";
import { RefusedError, TransferError } from "../../core/errors.ts";
import { MODELS } from "../models/load_model.ts";
import type { Surroundings, Workload } from "../workloads/workload.ts";
import { Candidate, type Instruments, type Setup, workplaceOf } from "./candidate.ts";
import type { Comparison, Machine, ModelName, Result, WorkloadKind } from "./comparison.ts";
import type { ComparisonBuilder } from "./comparison_builder.ts";
import type { NoiseGauge } from "./noise.ts";
import { remarksOn } from "../verdict/remarks.ts";
import { makeRounds } from "./rounds.ts";
import type { StoppingRule } from "./stopping_rule.ts";
import { recordTrace } from "./trace_recorder.ts";
import { WorkloadError } from "./workload_error.ts";
import { decide, isComputing } from "../verdict/verdict.ts";

/** Where the measuring stands. */
export interface Progress {
  /** The workload's name. */
  readonly workload: string;
  /** The row that is on. */
  readonly model: string;
  /** What is done with it. */
  readonly phase: "start" | "run" | "arrivals" | "trace" | "python" | "sweep";
  /** How many rounds of this workload are complete. */
  readonly round: number;
  /** How much of everything is done, from 0 to 1: an estimate, since the figures say when it is enough. */
  readonly fraction: number;
}

/** What the runner is told. */
export interface Plan {
  readonly models: readonly ModelName[];
  readonly workers: number | undefined;
  readonly rule: StoppingRule;
  readonly timeoutMs: number;
  /** Calls in a second. */
  readonly rate: number | undefined;
  readonly trace: boolean;
  readonly breakEven: boolean;
  readonly predict: boolean;
  /** Whether one of the two was asked for, and is to be missed when it is left out. */
  readonly sweepsAsked: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
  readonly onUpdate: (comparison: Comparison) => void | Promise<void>;
  readonly withPython: boolean;
}

/** With what it is measured. */
export interface Environment extends Pick<Instruments, "loadModel" | "onCall"> {
  openMeter(): Promise<Instruments["meter"]>;
  /** `parallel`: whether more than this thread will work. */
  openNoiseGauge(parallel: boolean): Promise<NoiseGauge>;
  describeMachine(): Promise<Machine>;
}

/** The least time that Python gets, and the most, in milliseconds. */
const PYTHON_LEAST = 1_200;
const PYTHON_MOST = 8_000;

/** What takes longer in line than this, in milliseconds, is not measured again and again for a sweep. */
const SWEEPABLE = 3_000;

/** Why a sweep is left out that nobody asked for by name, but would expect. */
const TOO_LONG = "it takes too long to be run again and again";

/** How long calls arrive at a rate, in milliseconds; in a first look half as long. */
const ARRIVE_FOR = 2_000;

/** Measures workloads one after the other. */
export class Runner {
  readonly #workloads: readonly Workload[];
  readonly #plan: Plan;
  readonly #environment: Environment;
  readonly #builder: ComparisonBuilder;
  readonly #began = now();
  #instruments!: Instruments;
  #gauge!: NoiseGauge;
  #finished = 0;

  constructor(
    workloads: readonly Workload[],
    plan: Plan,
    environment: Environment,
    builder: ComparisonBuilder,
  ) {
    this.#workloads = workloads;
    this.#plan = plan;
    this.#environment = environment;
    this.#builder = builder;
  }

  /** Measures everything. */
  async run(): Promise<Comparison> {
    const { models, timeoutMs, onUpdate } = this.#plan;
    await using gauge = await this.#openGauge(models.some((each) => workplaceOf(each) !== "here"));
    this.#gauge = gauge;
    const meter = await this.#environment.openMeter();
    const { loadModel, onCall } = this.#environment;
    const instruments = { loadModel, meter, timeoutMs, baseBytes: meter.residentBytes() };
    this.#instruments = onCall === undefined ? instruments : { ...instruments, onCall };
    await onUpdate(this.#builder.state(false));
    for (const workload of this.#workloads) {
      {
        await using surroundings = await workload.open?.();
        await this.#measure(workload, surroundings);
      }
      await this.#sweep(workload);
      this.#finished++;
    }
    const comparison = this.#builder.state(true);
    await onUpdate(comparison);
    return comparison;
  }

  async #openGauge(parallel: boolean): Promise<NoiseGauge> {
    try {
      return await this.#environment.openNoiseGauge(parallel);
    } catch (error) {
      if (missingPermission(error) === undefined) throw error;
      return await this.#environment.openNoiseGauge(false);
    }
  }

  async #measure(workload: Workload, surroundings: Surroundings | undefined): Promise<void> {
    const inputs = surroundings?.inputs ?? workload.inputs;
    const check = (tasks?: number) => surroundings?.check?.(tasks) ?? Promise.resolve();
    const { name } = workload;
    await using stack = new AsyncDisposableStack();
    const candidates = await this.#openAll(workload, inputs, stack);
    await allEnded(); // a child that is killed would be taken for another program
    await check();
    const { results, disturbed } = await makeRounds({
      candidates,
      inputs,
      rule: this.#plan.rule,
      began: this.#began,
      gauge: this.#gauge,
      seed: name.length,
      beforeRun: async ({ row }, round, share) => {
        this.#tell(workload, row.name, "run", round, 0.15 + 0.7 * share);
        await this.#breathe();
      },
      afterRun: () => check(inputs.length),
      onResults: (results) => this.#put(name, results),
      onRound: (disturbed) => this.#builder.countRound(disturbed),
    });
    this.#builder.put(name, results);
    if (this.#plan.rate !== undefined) await this.#arrive(workload, candidates, inputs, check);
    await stack.disposeAsync();
    if (this.#plan.withPython) await this.#inPython(workload, inputs, check);
    if (this.#plan.trace) {
      for (const { row } of candidates) {
        this.#tell(workload, row.name, "trace", 0, 0.95);
        await this.#breathe();
        this.#builder.addTrace(await recordTrace(workload, row, inputs, this.#instruments));
        await check();
      }
    }
    const all = this.#builder.resultsOf(name);
    this.#builder.addVerdict(decide(all, { rounds: results[0]!.rounds, disturbed }));
    for (const remark of remarksOn(name, all, candidates, disturbed)) this.#builder.note(remark);
  }

  /** Starts every executor; one that cannot be is left out, unless it is the only one. */
  async #openAll(
    workload: Workload,
    inputs: readonly unknown[],
    stack: AsyncDisposableStack,
  ): Promise<Candidate[]> {
    const rows = rowsOf(workload, this.#plan.models);
    const opened = new Map<string, Candidate>();
    const order = [...rows].sort((a, b) => MODELS.indexOf(a.model) - MODELS.indexOf(b.model));
    let { kind } = workload;
    for (const [place, { name, model, variant }] of order.entries()) {
      this.#tell(workload, name, "start", 0, 0.15 * place / rows.length);
      await this.#breathe();
      const workers = this.#workersFor(model, kind, inputs.length);
      const row: Setup = { name, model, variant, workers };
      try {
        const candidate = await Candidate.open(workload, row, inputs, this.#instruments);
        opened.set(name, stack.use(candidate));
        if (model === "sync" && kind === "mixed") kind = candidate.waits ? "io" : "cpu";
      } catch (error) {
        const reason = missingPermission(error) ?? refusedCrossing(error);
        const last = opened.size === 0 && place === order.length - 1;
        if (reason === undefined || last) throw error;
        this.#builder.note(`${workload.name}: ${name} was left out: ${reason}`);
      }
    }
    return rows.flatMap(({ name }) => opened.get(name) ?? []);
  }

  /** Has calls arrive at a rate, under each of the models. */
  async #arrive(
    workload: Workload,
    candidates: readonly Candidate[],
    inputs: readonly unknown[],
    check: () => Promise<void>,
  ): Promise<void> {
    const { rate, rule } = this.#plan;
    if (workload.together) {
      const { name } = workload;
      this.#builder.note(`${name}: its tasks work with one another, so none can arrive by itself`);
      return;
    }
    const durationMs = rule.totalMs === Infinity ? ARRIVE_FOR : ARRIVE_FOR / 2;
    const results = this.#builder.resultsOf(workload.name);
    for (const candidate of candidates) {
      this.#tell(workload, candidate.row.name, "arrivals", 0, 0.86);
      await this.#breathe();
      const arrivals = await candidate.arrive(inputs, rate!, durationMs);
      await check();
      const at = results.findIndex(({ model }) => model === candidate.row.name);
      this.#builder.put(
        workload.name,
        this.#builder.resultsOf(workload.name).map((each, i) =>
          i === at ? { ...each, arrivals } : each
        ),
      );
    }
  }

  /** Adds the rows of Python, if there is one, and a version of the workload in it. */
  async #inPython(
    workload: Workload,
    inputs: readonly unknown[],
    check: () => Promise<void>,
  ): Promise<void> {
    const { name } = workload;
    if (workload.python === undefined) {
      this.#builder.note(`${name}: there is no version of it in Python, so it has no such rows`);
      return;
    }
    this.#tell(workload, "python", "python", 0, 0.87);
    await this.#breathe();
    const { measureInPython } = await import("./python.ts");
    const { rule, timeoutMs } = this.#plan;
    const left = rule.totalMs - (now() - this.#began);
    const found = await measureInPython(workload, inputs, {
      workers: this.#builder.resultsOf(name).find(({ model }) => model === "threads")?.workers ??
        this.#workersFor("threads", workload.kind, inputs.length),
      maxRounds: rule.maxRounds,
      boundMs: Math.min(PYTHON_MOST, Math.max(PYTHON_LEAST, left)),
      timeoutMs,
      base: this.#builder.resultsOf(name).find(({ model }) => model === "sync"),
    });
    await check();
    for (const remark of found.remarks) this.#builder.note(remark);
    await this.#put(name, [...this.#builder.resultsOf(name), ...found.results]);
  }

  /** Finds out what pays from which length on, and what more cores would bring. */
  async #sweep(workload: Workload): Promise<void> {
    const { breakEven, predict, sweepsAsked, models } = this.#plan;
    if (!breakEven && !predict) return;
    const measured = new Set(this.#builder.resultsOf(workload.name).map(({ model }) => model));
    const parallel = models.filter((model) =>
      (model === "threads" || model === "processes") && measured.has(model)
    );
    const why = this.#whyNoSweep(workload, parallel);
    if (why !== null) {
      const { name } = workload;
      if (sweepsAsked || why === TOO_LONG) {
        this.#builder.note(`${name}: no break-even and no prediction: ${why}`);
      }
      return;
    }
    const { findBreakEven, predictSpeedups } = await import("./sweeps.ts");
    const { loadModel } = this.#environment;
    this.#tell(workload, parallel.join(", "), "sweep", 0, 0.97);
    await this.#breathe();
    if (predict && sweepsAsked && navigator.hardwareConcurrency === 1) {
      this.#builder.note(`${workload.name}: no prediction: one core tells nothing of more`);
    }
    this.#builder.addSweeps(
      breakEven ? await findBreakEven(workload.name, parallel, loadModel) : [],
      predict ? await predictSpeedups(workload, parallel, loadModel) : [],
    );
  }

  /** What stands against sweeps over a workload; `null`: nothing. */
  #whyNoSweep(workload: Workload, parallel: readonly ModelName[]): string | null {
    const { name, kind, together, handTo, open } = workload;
    const sync = this.#builder.resultsOf(name).find(({ model }) => model === "sync");
    if (sync === undefined || parallel.length === 0) {
      return "they set threads or processes against sync, and not both were measured";
    }
    const stands = together !== true && handTo === undefined && open === undefined;
    const computes = kind === "cpu" || (kind === "mixed" && stands && isComputing(sync));
    if (name === "messages" || computes === null) return "its tasks are too short";
    if (!computes) return "its tasks do not just compute";
    return sync.wallMs.median > SWEEPABLE ? TOO_LONG : null;
  }

  async #put(workload: string, results: readonly Result[]): Promise<void> {
    this.#builder.put(workload, results);
    await this.#plan.onUpdate(this.#builder.state(false));
  }

  /** A core for each that computes; one for each task that waits, since a waiting worker needs no core. */
  #workersFor(model: ModelName, kind: WorkloadKind, tasks: number): number {
    if (workplaceOf(model) === "here") return 1;
    if (this.#plan.workers !== undefined) return this.#plan.workers;
    return kind === "io" ? Math.min(tasks, 16) : navigator.hardwareConcurrency;
  }

  #tell(
    workload: Workload,
    model: string,
    phase: Progress["phase"],
    round: number,
    part: number,
  ): void {
    const fraction = (this.#finished + part) / this.#workloads.length;
    this.#plan.onProgress({ workload: workload.name, model, phase, round, fraction });
  }

  /** Lets signals and the progress bar through between runs that hold the event loop. */
  async #breathe(): Promise<void> {
    await new Promise<void>((resolve) => setTimer(resolve, 0));
    this.#plan.signal?.throwIfAborted();
  }
}

/** One row for each model, and after it one for each other way to hand over. */
function rowsOf(workload: Workload, models: readonly ModelName[]): Omit<Setup, "workers">[] {
  return models.flatMap((model) => {
    const variants = workload.variants?.filter((variant) => variant.model === model) ?? [];
    return [
      { name: model, model },
      ...variants.map((variant) => ({ name: variant.name, model, variant })),
    ];
  });
}

/** Why a function, an input or a result could not cross to the workers of a model, if that is why `error` came about. */
function refusedCrossing(error: unknown): string | undefined {
  if (!(error instanceof WorkloadError)) return undefined;
  const { cause } = error;
  return cause instanceof TransferError || cause instanceof RefusedError
    ? cause.message
    : undefined;
}

/** What Deno says is missing, if that is why `error` came about. */
function missingPermission(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "NotCapable") return error.message;
  // A worker that may not load its module fails with nothing but these words.
  const words = /Requires \w+ access.*/.exec(error.message)?.[0];
  if (words !== undefined) return words;
  return missingPermission(error.cause);
}
