import type {
  BreakEven,
  Comparison,
  Machine,
  Noise,
  Prediction,
  Result,
  Tool,
  Trace,
  Verdict,
} from "./comparison.ts";

/** The comparison as it grows. */
export class ComparisonBuilder {
  readonly #startedAt = new Date().toISOString();
  readonly #machine: Machine;
  readonly #tool: Tool;
  readonly #results = new Map<string, readonly Result[]>();
  readonly #verdicts: Verdict[] = [];
  readonly #notes: string[] = [];
  readonly #traces: Trace[] | undefined;
  #breakEven: readonly BreakEven[] | undefined;
  #prediction: readonly Prediction[] | undefined;
  #rounds = 0;
  #disturbed = 0;

  /** `traced`: whether there are to be traces. */
  constructor(machine: Machine, tool: Tool, traced: boolean) {
    this.#machine = machine;
    this.#tool = tool;
    this.#traces = traced ? [] : undefined;
  }

  /** The results of a workload so far. */
  resultsOf(workload: string): readonly Result[] {
    return this.#results.get(workload) ?? [];
  }

  /** Puts `results` in the place of those that the workload had. */
  put(workload: string, results: readonly Result[]): void {
    this.#results.set(workload, results);
  }

  addVerdict(verdict: Verdict): void {
    this.#verdicts.push(verdict);
  }

  addTrace(trace: Trace): void {
    this.#traces?.push(trace);
  }

  /** Counts a round, and whether other programs disturbed it. */
  countRound(disturbed: boolean): void {
    this.#rounds++;
    if (disturbed) this.#disturbed++;
  }

  /** Adds what sweeps over lengths and workers told. */
  addSweeps(breakEven: readonly BreakEven[], prediction: readonly Prediction[]): void {
    if (breakEven.length > 0) this.#breakEven = [...this.#breakEven ?? [], ...breakEven];
    if (prediction.length > 0) this.#prediction = [...this.#prediction ?? [], ...prediction];
  }

  /** How quiet it has been so far. */
  get noise(): Noise {
    return { rounds: this.#rounds, disturbed: this.#disturbed };
  }

  /** Says something that a reader of the figures should know, once. */
  note(remark: string): void {
    if (!this.#notes.includes(remark)) this.#notes.push(remark);
  }

  /** Everything so far. */
  state(complete: boolean): Comparison {
    return {
      version: 1,
      complete,
      startedAt: this.#startedAt,
      tool: this.#tool,
      machine: this.#machine,
      noise: this.noise,
      results: [...this.#results.values()].flat(),
      verdicts: [...this.#verdicts],
      ...(this.#notes.length > 0 ? { notes: [...this.#notes] } : {}),
      ...(this.#breakEven !== undefined ? { breakEven: this.#breakEven } : {}),
      ...(this.#prediction !== undefined ? { prediction: this.#prediction } : {}),
      ...(this.#traces !== undefined ? { traces: [...this.#traces] } : {}),
    };
  }
}
