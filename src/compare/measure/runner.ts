/**
 * The measuring itself.
 *
 *     for each workload   open what it needs around it
 *       for each model      start its executor (start cost), one run to warm up (peak memory)
 *       rounds              every model once, in an order drawn anew for each round, until the
 *                           intervals are tight or the time is up; after each run the state is handed out
 *       trace               one more run for each model, if lanes are to be drawn
 *       verdict             from what was measured
 */
import { now, setTimer } from "../../core/clock.ts";
import type { Comparison, Machine, ModelName, Result, WorkloadKind } from "./comparison.ts";
import { Candidate, type Instruments, type Setup } from "./candidate.ts";
import { MODELS } from "../models/load_model.ts";
import type { ComparisonBuilder } from "./comparison_builder.ts";
import { goesOn, type StoppingRule } from "./stopping_rule.ts";
import { seededRandom } from "./speedup.ts";
import { recordTrace } from "./trace_recorder.ts";
import { decide, isComputing } from "./verdict.ts";
import type { Surroundings, Workload } from "../workloads/workload.ts";

/** Work that computes gets a core to itself for less than this share of its time only when others want it, too. */
const UNDISTURBED = 0.85;

/** Where the measuring stands. */
export interface Progress {
  /** The workload's name. */
  readonly workload: string;
  /** The row that is on. */
  readonly model: string;
  /** What is done with it. */
  readonly phase: "start" | "run" | "trace" | "python";
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
  readonly trace: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
  readonly onUpdate: (comparison: Comparison) => void | Promise<void>;
  readonly withPython: boolean;
}

/** With what it is measured. */
export interface Environment extends Instruments {
  describeMachine(): Promise<Machine>;
}

/** Measures workloads one after the other. */
export class Runner {
  readonly #workloads: readonly Workload[];
  readonly #plan: Plan;
  readonly #environment: Environment;
  readonly #builder: ComparisonBuilder;
  /** What this process held before any model was opened. */
  readonly #baseBytes: number;
  readonly #began = now();
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
    this.#baseBytes = environment.meter.residentBytes();
  }

  /** Measures everything. */
  async run(): Promise<Comparison> {
    await this.#plan.onUpdate(this.#builder.state(false));
    for (const workload of this.#workloads) {
      await using surroundings = await workload.open?.();
      await this.#measure(workload, surroundings);
      this.#finished++;
    }
    const comparison = this.#builder.state(true);
    await this.#plan.onUpdate(comparison);
    return comparison;
  }

  async #measure(workload: Workload, surroundings: Surroundings | undefined): Promise<void> {
    const inputs = surroundings?.inputs ?? workload.inputs;
    const check = (tasks?: number) => surroundings?.check?.(tasks) ?? Promise.resolve();
    await using stack = new AsyncDisposableStack();
    const candidates = await this.#openAll(workload, inputs, stack);
    await check();
    await this.#rounds(workload, candidates, inputs, check);
    await stack.disposeAsync();
    if (this.#plan.withPython) await this.#inPython(workload, inputs, check);
    if (this.#plan.trace) {
      for (const { row } of candidates) {
        this.#tell(workload, row.name, "trace", 0, 0.95);
        await this.#breathe();
        const trace = await recordTrace(workload, row, inputs, this.#environment.loadModel);
        this.#builder.addTrace(trace);
        await check();
      }
    }
    const results = this.#builder.resultsOf(workload.name);
    this.#builder.addVerdict(decide(results));
    this.#remark(workload, results, candidates);
  }

  /** Starts every executor; one for which a permission is missing is left out, unless it is the only one. */
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
      const row: Setup = {
        name,
        model,
        variant,
        workers: this.#workersFor(model, kind, inputs.length),
      };
      try {
        const candidate = await Candidate.open(
          workload,
          row,
          inputs,
          this.#baseBytes,
          this.#environment,
        );
        opened.set(name, stack.use(candidate));
        if (model === "sync" && kind === "mixed") kind = candidate.waits ? "io" : "cpu";
      } catch (error) {
        const missing = missingPermission(error);
        if (missing === undefined || (opened.size === 0 && place === order.length - 1)) throw error;
        this.#builder.note(`${workload.name}: ${name} was left out: ${missing}`);
      }
    }
    return rows.flatMap(({ name }) => opened.get(name) ?? []);
  }

  async #rounds(
    workload: Workload,
    candidates: readonly Candidate[],
    inputs: readonly unknown[],
    check: (tasks?: number) => Promise<void>,
  ): Promise<void> {
    const { rule } = this.#plan;
    const { shuffle } = await import("simple-statistics");
    const random = seededRandom(workload.name.length);
    const base = candidates.find(({ row }) => row.model === "sync") ?? candidates[0]!;
    const results = new Map<Candidate, Result>();
    const put = (): void =>
      this.#builder.put(workload.name, candidates.flatMap((each) => results.get(each) ?? []));
    let spent = 0;
    let width = Infinity;
    for (let round = 0; goesOn(rule, round, spent, now() - this.#began, width); round++) {
      const done = Math.min(1, Math.max(spent / rule.boundMs, round / rule.maxRounds));
      const others = shuffle(candidates.filter((each) => each !== base), random);
      // The first speed-up needs something to be compared with; after that nobody has a place of his own.
      const order = round === 0 ? [base, ...others] : shuffle([base, ...others], random);
      for (const [place, candidate] of order.entries()) {
        const share = done + place / order.length / Math.max(rule.minRounds, round + 1) / 2;
        this.#tell(workload, candidate.row.name, "run", round, 0.15 + 0.7 * Math.min(1, share));
        await this.#breathe();
        spent += await candidate.run(inputs);
        await check(inputs.length);
        results.set(candidate, await candidate.result(base.samples));
        put();
        await this.#plan.onUpdate(this.#builder.state(false));
      }
      for (const each of candidates) results.set(each, await each.result(base.samples));
      width = Math.max(...[...results.values()].map(widthOf));
      put();
    }
  }

  /** Adds the rows of Python, if there is one, and a version of the workload in it. */
  async #inPython(
    workload: Workload,
    inputs: readonly unknown[],
    check: () => Promise<void>,
  ): Promise<void> {
    const { hasPython, measureInPython } = await import("./python.ts");
    if (!hasPython(workload)) return;
    this.#tell(workload, "python", "python", 0, 0.87);
    await this.#breathe();
    const workers = this.#workersFor("threads", workload.kind, inputs.length);
    const rows = await measureInPython(workload, inputs, workers, this.#plan.rule.maxRounds);
    await check();
    if (rows === null) {
      this.#builder.note("python3 was not found, so there are no rows of Python");
      return;
    }
    this.#builder.note(`Python is ${rows.version}; its speed-ups are over python-sync`);
    const { name } = workload;
    this.#builder.put(name, [...this.#builder.resultsOf(name), ...rows.results]);
    await this.#plan.onUpdate(this.#builder.state(false));
  }

  /** Says what a reader should know besides the figures. */
  #remark(
    { name }: Workload,
    results: readonly Result[],
    candidates: readonly Candidate[],
  ): void {
    const unsteady = candidates.filter(({ steady }) => !steady).map(({ row }) => row.name);
    if (unsteady.length > 0) {
      this.#builder.note(`${name}: ${unsteady.join(", ")} gave other results from run to run`);
    } else if (new Set(results.map(({ checksum }) => checksum)).size > 1) {
      this.#builder.note(`${name}: the models gave different results, see their checksums`);
    }
    const base = results.find(({ model }) => model === "sync");
    if (base !== undefined && isComputing(base) && base.cpuShare < UNDISTURBED) {
      this.#builder.note(
        `${name}: other programs kept the machine busy, so the figures tell less; measure again when it is quiet`,
      );
    }
    if (base === undefined) {
      const { model } = results[0]!;
      this.#builder.note(`${name}: sync was not measured, so speed-ups are over ${model}`);
    }
  }

  /** A core for each that computes; one for each task that waits, since a waiting worker needs no core. */
  #workersFor(model: ModelName, kind: WorkloadKind, tasks: number): number {
    if (model === "sync" || model === "async") return 1;
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

function widthOf({ speedup: { value, low, high } }: Result): number {
  return (high - low) / value;
}

/** What Deno says is missing, if that is why `error` came about. */
function missingPermission(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "NotCapable") return error.message;
  return missingPermission(error.cause);
}
