import { letGoOfSpares } from "../../core/parts.ts";
import { now, setTimer } from "../../core/clock.ts";
import { show } from "../../core/check.ts";
import type { LoadModel, ModelExecutor } from "../models/load_model.ts";
import { type AnyFunction, targetOf } from "../../wire/codec/portable.ts";
import type { Variant, Workload } from "../workloads/workload.ts";
import { measureArrivals } from "./arrivals.ts";
import { abortable, submitter } from "./call.ts";
import { allResults, CallFailure, CallTimeout, type WatchedCall } from "./call_watch.ts";
import { checksumOf } from "./checksum.ts";
import type { Arrivals, ModelName, Result } from "./comparison.ts";
import { formatTime } from "./figures.ts";
import { speedupOver, summarize } from "../verdict/speedup.ts";
import type { Meter, Workplace } from "./usage.ts";
import { WorkloadError } from "./workload_error.ts";

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
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What this process held before any model was opened. */
  readonly baseBytes: number;
  /** Told before each call that is made on this thread: of which workload and row, and which of how many, from 1. */
  readonly onCall?: (workload: string, row: string, call: number, of: number) => void;
}

/** What one run took. */
interface Sample {
  readonly ms: number;
  readonly cpuMs: number;
  /** How long this thread waited for a core that others had. */
  readonly coreWaitMs: number;
}

/** How often memory is looked at where the operating system's high-water mark cannot be reset. */
const LOOK_EVERY = 5;

/**
 * In less time than this, in milliseconds, what it takes to read the CPU time is too large a part of it: that of
 * this thread, or that of workers, which takes a message there and back.
 */
const READABLE = 1;
const READABLE_ELSEWHERE = 5;

/** A row with its executor: is started, warmed up, and run again and again. */
export class Candidate implements AsyncDisposable {
  readonly row: Setup;
  readonly #workload: Workload;
  readonly #executor: ModelExecutor;
  readonly #instruments: Instruments;
  readonly #startMs: number;
  readonly #where: Workplace;
  #samples: Sample[] = [];
  #disturbed: Sample[] = [];
  #addedBytes = 0;
  #checksum: string | null = "";
  #waits = false;
  #steady = true;
  #isLost = false;
  /** Ends the processes that are lost in their first run; to listen to it in each run would be measured as well. */
  readonly #killer = new AbortController();

  private constructor(
    workload: Workload,
    row: Setup,
    executor: ModelExecutor,
    instruments: Instruments,
    startMs: number,
  ) {
    this.#workload = workload;
    this.row = row;
    this.#executor = executor;
    this.#instruments = instruments;
    this.#startMs = startMs;
    this.#where = workplaceOf(row.model);
  }

  /**
   * Starts the executor and has it do the work once.
   *
   * What the first run finds cold (code to compile, modules to load) is in no sample; its memory is, so
   * that models which are opened later are not charged with it.
   */
  static async open(
    workload: Workload,
    row: Setup,
    inputs: readonly unknown[],
    instruments: Instruments,
  ): Promise<Candidate> {
    const { loadModel, meter } = instruments;
    letGoOfSpares(); // in workers that were kept from the workload before it would start for nothing
    await using stack = new AsyncDisposableStack();
    const open = await loadModel(row.model);
    const { module } = targetOf(workload.run as AnyFunction);
    const resettable = await meter.resetPeak();
    const before = meter.residentBytes();
    const started = now();
    const executor = open(row.workers, module === undefined ? [] : [module]);
    let candidate: Candidate;
    try {
      await executor.ready();
      candidate = new Candidate(workload, row, executor, instruments, now() - started);
    } catch (error) {
      await executor[Symbol.asyncDispose]();
      throw error;
    }
    stack.use(candidate);
    await candidate.#warmUp(warmUpInputs(workload, row, inputs), before, resettable);
    stack.move();
    return candidate;
  }

  /** Has all of the work done once, and measures it. Returns the wall time in milliseconds. */
  async run(inputs: readonly unknown[]): Promise<number> {
    const { meter } = this.#instruments;
    const handed = this.#handOver(inputs);
    const workersBefore = await meter.workersCpuMs(this.#executor, this.#where);
    const before = meter.ownTimes();
    const { ms, results } = await this.#perform(handed);
    const after = meter.ownTimes();
    const workers = await meter.workersCpuMs(this.#executor, this.#where) - workersBefore;
    const cpuMs = after.cpuMs - before.cpuMs + workers;
    this.#samples.push({ ms, cpuMs, coreWaitMs: after.coreWaitMs - before.coreWaitMs });
    const checksum = await checksumOf(results);
    if (this.#checksum !== "" && this.#checksum !== checksum) this.#steady = false;
    this.#checksum = checksum;
    return ms;
  }

  /** Has calls arrive at a rate, and tells how long they took from the moment at which they were due. */
  arrive(inputs: readonly unknown[], rate: number, durationMs: number): Promise<Arrivals> {
    const { timeoutMs } = this.#instruments;
    const handed = this.#handOver(inputs);
    const submit = submitter(this.#executor, this.#workload);
    return this.#told(
      handed,
      () =>
        measureArrivals((i) => submit(handed[i % handed.length]), { rate, durationMs, timeoutMs }),
    );
  }

  /** Takes the last sample out of the figures, since others had the machine. */
  setLastAside(): void {
    this.#disturbed.push(this.#samples.pop()!);
  }

  /** Takes all samples back into the figures: there was no time for better ones. */
  takeAllBack(): void {
    this.#samples = [...this.#samples, ...this.#disturbed];
    this.#disturbed = [];
  }

  /** The wall times that count, in milliseconds. */
  get samples(): number[] {
    return this.#samples.map(({ ms }) => ms);
  }

  /** What was measured so far, beside the samples of the row that it is compared with. */
  async result(base: Candidate): Promise<Result> {
    const { samples, row } = this;
    const wallMs = await summarize(samples);
    const sum = (of: (sample: Sample) => number) =>
      this.#samples.reduce((total, each) => total + of(each), 0);
    const share = sum(({ cpuMs }) => cpuMs) / sum(({ ms }) => ms);
    const coreWaitMs = sum((each) => each.coreWaitMs);
    return {
      workload: this.#workload.name,
      kind: this.#workload.kind,
      model: row.name,
      tasks: this.#workload.inputs.length,
      workers: row.workers,
      samples,
      wallMs,
      rounds: samples.length,
      speedup: base === this
        ? { value: 1, low: 1, high: 1 }
        : await speedupOver(base.samples, samples),
      // What the clock of the processor rounds up is no second core.
      cpuShare: this.#where === "here" ? Math.min(1, share) : share,
      ...(coreWaitMs > 0 ? { coreWaitMs } : {}),
      ...(wallMs.median < (this.#where === "here" ? READABLE : READABLE_ELSEWHERE)
        ? { tooShort: true }
        : {}),
      ...(this.#disturbed.length > 0
        ? { disturbedSamples: this.#disturbed.map(({ ms }) => ms) }
        : {}),
      startMs: this.#startMs,
      peakRssBytes: this.#instruments.baseBytes + this.#addedBytes,
      addedBytes: this.#addedBytes,
      checksum: this.#checksum ?? "",
    };
  }

  /** Whether every run gave the same results. */
  get steady(): boolean {
    return this.#steady;
  }

  /** Whether the results could be looked at. */
  get readable(): boolean {
    return this.#checksum !== null;
  }

  /** Whether the first run spent most of its time without computing in this process. */
  get waits(): boolean {
    return this.#waits;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What never ends its call and cannot be killed cannot be waited for.
    if (this.#isLost && !this.#killer.signal.aborted) {
      await this.#executor.shutdown?.({ wait: false, cancelPending: true });
    } else await this.#executor[Symbol.asyncDispose]();
  }

  get #isKillable(): boolean {
    return this.#where === "processes" && this.#executor.submitWith !== undefined;
  }

  async #warmUp(
    inputs: readonly unknown[],
    bytesBefore: number,
    resettable: boolean,
  ): Promise<void> {
    const { meter } = this.#instruments;
    let seen = 0;
    const watch = resettable ? undefined : watchMemory(() => {
      seen = Math.max(seen, meter.residentBytes());
    });
    const before = meter.ownTimes();
    let ms: number;
    try {
      ({ ms } = await this.#perform(this.#handOver(inputs), true));
    } catch (error) {
      if (this.#isLost && this.#isKillable) this.#killer.abort();
      throw error;
    } finally {
      watch?.cancel();
    }
    const after = meter.ownTimes();
    this.#waits = after.cpuMs - before.cpuMs < (ms - (after.coreWaitMs - before.coreWaitMs)) / 2;
    const peaks = await meter.peaks(this.#executor, this.#where);
    const peak = resettable ? peaks.own : Math.max(seen, meter.residentBytes());
    this.#addedBytes = Math.max(0, peak - bytesBefore) + peaks.others;
  }

  #handOver(inputs: readonly unknown[]): readonly unknown[] {
    const hand = this.row.variant?.hand ?? this.#workload.handTo?.[this.row.model];
    return hand === undefined ? inputs : inputs.map((input) => hand(input as never));
  }

  async #perform(
    inputs: readonly unknown[],
    isFirst = false,
  ): Promise<{ ms: number; results: unknown[] }> {
    const submit = this.#submitter(inputs.length, isFirst);
    return await this.#told(inputs, async () => {
      const started = now();
      const calls = inputs.map(submit) as WatchedCall[];
      const results = await allResults(calls, this.#instruments.timeoutMs);
      return { ms: now() - started, results };
    });
  }

  /** What submits a call; on this thread each is announced, since it may never return. */
  #submitter(
    count: number,
    isFirst: boolean,
  ): (input: unknown, index: number) => PromiseLike<unknown> {
    const executor = isFirst && this.#isKillable
      ? abortable(this.#executor as Required<ModelExecutor>, this.#killer.signal)
      : this.#executor;
    const submit = submitter(executor, this.#workload);
    const { onCall } = this.#instruments;
    if (onCall === undefined || this.#where !== "here") return submit;
    const [name, row] = [this.#workload.name, this.row.name];
    return (input, index) => {
      onCall(name, row, index + 1, count);
      return submit(input);
    };
  }

  /** Does `act`; what fails in it is told with the model and the input. */
  async #told<T>(inputs: readonly unknown[], act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      throw this.#failure(error, inputs);
    }
  }

  /** The failure of a call as the user is told of it: with the model and the input. */
  #failure(failure: CallFailure, inputs: readonly unknown[]): WorkloadError {
    const { cause } = failure;
    const index = failure.index % inputs.length;
    const { name } = this.#workload;
    const input = `input ${index + 1} of ${inputs.length} (${preview(inputs[index])})`;
    const late = failure instanceof CallTimeout;
    this.#isLost = late;
    return new WorkloadError(
      late
        ? `Cannot measure ${name}: ${this.row.name} did not finish ${input} within ` +
          `${formatTime(this.#instruments.timeoutMs)}; allow more with timeout, or fewer inputs`
        : `Cannot measure ${name}: ${this.row.name} failed with ${input}: ${failure.message}`,
      this.row.name,
      index,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** Where the work of a model is done. */
export function workplaceOf(model: ModelName): Workplace {
  if (model === "processes" || model === "distributed") return "processes";
  return model === "threads" || model.startsWith("gil") ? "threads" : "here";
}

/** An input in a line. */
function preview(input: unknown): string {
  if (typeof input !== "object" || input === null) return show(input);
  let text: string | undefined;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  if (text === undefined) return show(input);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Warming up is for code and connections; where tasks wait, one for each worker will do. */
function warmUpInputs(
  workload: Workload,
  row: Setup,
  inputs: readonly unknown[],
): readonly unknown[] {
  if (workload.kind !== "io" || workload.together) return inputs;
  return inputs.slice(
    0,
    workplaceOf(row.model) === "here" && row.model !== "sync" ? inputs.length : row.workers,
  );
}

function watchMemory(look: () => void): { cancel(): void } {
  let timer = setTimer(again, LOOK_EVERY);
  function again(): void {
    look();
    timer = setTimer(again, LOOK_EVERY);
  }
  return { cancel: () => timer.cancel() };
}
