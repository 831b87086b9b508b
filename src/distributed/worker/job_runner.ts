import { type ClockTimer, epochTime, setTimer } from "../../core/clock.ts";
import { pack, type Packed } from "../packed.ts";
import type { OrderHead } from "../records.ts";
import type { Delivery } from "./delivery.ts";
import { farSide, packFailure, type RunOrder, type RunOutcome } from "./far_side.ts";
import { JobRun, type RunContext } from "./job_run.ts";
import type { JobTaker } from "./job_puller.ts";

/** How often runs are looked at for a sign of life, in milliseconds; a quarter of the shortest `ackWait` that makes sense. */
const BEAT = 100;
/** For how long it is known that a job was stopped which is not here, in milliseconds. */
const REMEMBERED = 30_000;
/** Of how many streams that have ended the last items are kept. */
const STREAMS_KEPT = 64;
/** How many results may be on their way to be stored before no more jobs are taken. */
const STORING = 512;

/** Runs the jobs of a worker: how many at once, and which is which. */
export class JobRunner implements JobTaker {
  readonly #context: RunContext;
  readonly #places: number;
  readonly #onFree: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #runs = new Set<JobRun>();
  /** Streams that have ended, whose reader may not have all items; the last few. */
  readonly #read = new Map<string, JobRun>();
  readonly #stopped = new Map<string, { readonly reason: unknown; readonly until: number }>();
  readonly #emptied: (() => void)[] = [];
  #busy = 0;
  #serial = 0;
  #timer: ClockTimer | null = null;

  constructor(
    context: Omit<RunContext, "stoppedBefore">,
    places: number,
    events: { onFree(): void; onError(error: unknown): void },
  ) {
    this.#context = { ...context, stoppedBefore: (id) => this.#stopped.get(id) };
    this.#places = places;
    this.#onFree = events.onFree;
    this.#onError = events.onError;
  }

  /** How many jobs run. */
  get running(): number {
    return this.#busy;
  }

  get free(): number {
    return this.#runs.size - this.#busy > STORING ? 0 : Math.max(0, this.#places - this.#busy);
  }

  take(delivery: Delivery): void {
    const hasPlace = this.#busy < this.#places;
    this.#busy++;
    const name = `${this.#context.worker}${this.#serial++}`;
    const run = new JobRun(this.#context, delivery, name, () => {
      this.#busy--;
      this.#onFree();
    });
    this.#runs.add(run);
    this.#timer ??= setTimer(() => this.#beat(), BEAT);
    // What was asked for before, and comes late, may find no place any more.
    const ended = hasPlace ? run.live() : run.putBack();
    ended.catch(this.#onError).then(() => this.#ended(run));
  }

  /** The job is cancelled: here, or when it comes. */
  stop(id: string, reason: unknown): void {
    let isHere = false;
    for (const run of this.#runs) {
      if (run.id !== id) continue;
      isHere = true;
      run.stop(reason);
    }
    if (isHere) return;
    this.#stopped.set(id, { reason, until: epochTime() + REMEMBERED });
    for (const [each, { until }] of this.#stopped) {
      if (until > epochTime()) break;
      this.#stopped.delete(each);
    }
  }

  /** The reader of a stream asks. */
  follow(order: Extract<OrderHead, { run: string }>): void {
    const run = this.#read.get(order.run) ?? [...this.#runs].find(({ run }) => run === order.run);
    if (run?.items === undefined || run.items === null) return;
    if (order.ask === "finish") run.items.finish();
    else run.items.allow(order.seen, order.upTo);
    if (run.items.isRead) this.#read.delete(order.run);
  }

  /** Runs a function once on every thread or process here, and returns how each ended, packed. */
  async broadcast(order: RunOrder, args: Packed): Promise<Packed> {
    const { allow, local } = this.#context;
    try {
      await allow.permit(order.target);
      const outcomes = await local.broadcast(farSide.runJob, order, args) as RunOutcome[];
      return await pack({ value: outcomes, marked: false });
    } catch (error) {
      const outcome: RunOutcome = { end: "failed", value: await packFailure(error) };
      return await pack({ value: [outcome], marked: false });
    }
  }

  /** Ends when nothing runs and all results are stored. */
  async drained(): Promise<void> {
    if (this.#runs.size > 0) await new Promise<void>((resolve) => this.#emptied.push(resolve));
    this.#timer?.cancel();
  }

  #ended(run: JobRun): void {
    this.#runs.delete(run);
    if (run.items !== null && !run.items.isRead) {
      this.#read.set(run.run, run);
      if (this.#read.size > STREAMS_KEPT) this.#read.delete(this.#read.keys().next().value!);
    }
    if (this.#runs.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
    for (const resolve of this.#emptied.splice(0)) resolve();
  }

  #beat(): void {
    const at = epochTime();
    for (const run of this.#runs) run.beat(at);
    this.#timer = setTimer(() => this.#beat(), BEAT);
  }
}
