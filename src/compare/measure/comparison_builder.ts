import type { Comparison, Machine, Result, Trace, Verdict } from "./comparison.ts";

/** The comparison as it grows. */
export class ComparisonBuilder {
  readonly #startedAt = new Date().toISOString();
  readonly #machine: Machine;
  readonly #results = new Map<string, readonly Result[]>();
  readonly #verdicts: Verdict[] = [];
  readonly #notes: string[] = [];
  readonly #traces: Trace[] | undefined;

  /** `traced`: whether there are to be traces. */
  constructor(machine: Machine, traced: boolean) {
    this.#machine = machine;
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
      machine: this.#machine,
      results: [...this.#results.values()].flat(),
      verdicts: [...this.#verdicts],
      ...(this.#notes.length > 0 ? { notes: [...this.#notes] } : {}),
      ...(this.#traces !== undefined ? { traces: [...this.#traces] } : {}),
    };
  }
}
