import { now, setTimer } from "../../core/clock.ts";
import type { ModelName, Result } from "./comparison.ts";
import type { LoadModel, ModelExecutor } from "../models/load_model.ts";
import { speedupOver, summarize } from "./speedup.ts";
import type { Meter } from "./usage.ts";
import type { Variant, Workload } from "../workloads/workload.ts";

/** One row to be measured: a workload under a model, handed over in some way. */
export interface Setup {
  readonly name: string;
  readonly model: ModelName;
  readonly workers: number;
  readonly variant?: Variant | undefined;
}

/** With what it is measured; tests bring their own. */
export interface Instruments {
  readonly loadModel: LoadModel;
  readonly meter: Meter;
}

/** How often memory is looked at where the operating system's high-water mark cannot be reset. */
const LOOK_EVERY = 5;

/** A row with its executor: gets started, warmed up, and run again and again. */
export class Candidate implements AsyncDisposable {
  readonly row: Setup;
  readonly samples: number[] = [];
  readonly #workload: Workload;
  readonly #executor: ModelExecutor;
  readonly #meter: Meter;
  readonly #startMs: number;
  #peakRssBytes = 0;
  #cpuMs = 0;
  #checksum = "";
  #waits = false;
  /** Whether it ever gave other results than at first. */
  #steady = true;

  private constructor(
    workload: Workload,
    row: Setup,
    executor: ModelExecutor,
    meter: Meter,
    startMs: number,
  ) {
    this.#workload = workload;
    this.row = row;
    this.#executor = executor;
    this.#meter = meter;
    this.#startMs = startMs;
  }

  /**
   * Starts the executor and has it do the work once.
   *
   * What the first run finds cold (code to compile, modules to load) is in no sample; its memory is, so
   * that models which are opened later are not charged with it: `baseBytes` is what this process held
   * before the first of them.
   */
  static async open(
    workload: Workload,
    row: Setup,
    inputs: readonly unknown[],
    baseBytes: number,
    { loadModel, meter }: Instruments,
  ): Promise<Candidate> {
    await using stack = new AsyncDisposableStack();
    const open = await loadModel(row.model);
    const resettable = await meter.resetPeak();
    const before = meter.residentBytes();
    const started = now();
    const executor = stack.use(open(row.workers));
    await executor.ready();
    const candidate = new Candidate(workload, row, executor, meter, now() - started);
    let seen = 0;
    const watch = resettable ? undefined : watchMemory(() => {
      seen = Math.max(seen, meter.residentBytes());
    });
    const separate = row.model === "processes";
    const first = await meter.read(executor, separate);
    const handed = candidate.#handOver(warmUpInputs(workload, row, inputs));
    let ms: number;
    try {
      ({ ms } = await candidate.#perform(handed));
    } finally {
      watch?.cancel();
    }
    const last = await meter.read(executor, separate);
    candidate.#waits = last.own.cpuMs - first.own.cpuMs < ms / 2;
    const peak = resettable ? last.own.peakRssBytes : Math.max(seen, meter.residentBytes());
    const added = Math.max(0, peak - before) + last.others.peakRssBytes;
    candidate.#peakRssBytes = baseBytes + added;
    stack.move();
    return candidate;
  }

  /** Has all of the work done once, and measures it. Returns the wall time in milliseconds. */
  async run(inputs: readonly unknown[]): Promise<number> {
    const { row } = this;
    const separate = row.model === "processes";
    const handed = this.#handOver(inputs);
    const before = await this.#meter.read(this.#executor, separate);
    const { ms, results } = await this.#perform(handed);
    const after = await this.#meter.read(this.#executor, separate);
    this.#cpuMs += after.own.cpuMs - before.own.cpuMs + after.others.cpuMs - before.others.cpuMs;
    this.samples.push(ms);
    const checksum = await checksumOf(results);
    if (this.#checksum !== "" && this.#checksum !== checksum) this.#steady = false;
    this.#checksum = checksum;
    return ms;
  }

  /** What was measured so far, beside the samples of the row that it is compared with. */
  async result(reference: readonly number[]): Promise<Result> {
    const { samples, row } = this;
    return {
      workload: this.#workload.name,
      kind: this.#workload.kind,
      model: row.name,
      tasks: this.#workload.inputs.length,
      workers: row.workers,
      samples: [...samples],
      wallMs: await summarize(samples),
      speedup: reference === samples
        ? { value: 1, low: 1, high: 1 }
        : await speedupOver(reference, samples),
      cpuShare: this.#cpuMs / samples.reduce((total, each) => total + each, 0),
      startMs: this.#startMs,
      peakRssBytes: this.#peakRssBytes,
      checksum: this.#checksum,
    };
  }

  /** Whether every run gave the same results. */
  get steady(): boolean {
    return this.#steady;
  }

  /** Whether the first run spent most of its time without computing in this process. */
  get waits(): boolean {
    return this.#waits;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#executor[Symbol.asyncDispose]();
  }

  #handOver(inputs: readonly unknown[]): readonly unknown[] {
    const { hand } = this.row.variant ?? {};
    return hand === undefined ? inputs : inputs.map((input) => hand(input as never));
  }

  async #perform(inputs: readonly unknown[]): Promise<{ ms: number; results: unknown[] }> {
    const executor = this.#executor;
    const fn = this.#workload.run as (input: unknown) => unknown;
    const started = now();
    const results = await Promise.all(inputs.map((input) => executor.submit(fn, input)));
    return { ms: now() - started, results };
  }
}

/** Warming up is for code and connections; where tasks wait, one for each worker will do. */
function warmUpInputs(
  workload: Workload,
  row: Setup,
  inputs: readonly unknown[],
): readonly unknown[] {
  if (workload.kind !== "io") return inputs;
  return inputs.slice(0, row.model === "async" ? inputs.length : row.workers);
}

function watchMemory(look: () => void): { cancel(): void } {
  let timer = setTimer(again, LOOK_EVERY);
  function again(): void {
    look();
    timer = setTimer(again, LOOK_EVERY);
  }
  return { cancel: () => timer.cancel() };
}

/** A short name for results: the first half of the SHA-256 of their JSON. */
async function checksumOf(results: unknown[]): Promise<string> {
  const text = JSON.stringify(results, (_, value) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map || value instanceof Set) return [...value];
    return value;
  });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex().slice(0, 16);
}
