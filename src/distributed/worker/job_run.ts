/**
 * One job that the server gave to this worker.
 *
 *     state     event                                        becomes   and
 *     taken     it is no job                                 over      it is terminated
 *               a result is stored already                   over      acknowledged, counted as a duplicate
 *               it was lost with its worker too often        over      a dead letter, its result says so
 *               its function is not allowed                  over      its result says so
 *               there is no place under its limit            over      it waits for its time
 *               else                                         running
 *     running   it ended, or failed for good                 storing
 *               it failed, and has attempts left             over      it waits for its time
 *               its thread or process was lost               over      given back, or a dead letter
 *               it was stopped                               over      its result says so, unless the caller was first
 *     storing   its result is stored, first or not           over      acknowledged
 *     any       the server cannot be reached                 over      not acknowledged: another worker gets it
 *
 * Only a run that began counts: one that is put back for another reason is published anew, with what counted so far.
 */
import { epochTime } from "../../core/clock.ts";
import { asError } from "../../core/check.ts";
import { BrokenExecutorError, TransferError } from "../../core/errors.ts";
import type { Executor } from "../../futures/executor.ts";
import type { JobSettings } from "../../wire/pool/job.ts";
import type { DeadLetterStore } from "../dead_letters.ts";
import { hashOf } from "../names.ts";
import { alone, pack, type Packed, record } from "../packed.ts";
import type { Parcels } from "../parcels.ts";
import { type JobHead, readJob, type ResultHead } from "../records.ts";
import type { ResultStore } from "../result_store.ts";
import type { AllowList } from "./allow_list.ts";
import type { Delivery } from "./delivery.ts";
import type { DueJobs } from "./due_jobs.ts";
import { farSide, packFailure, type RunOrder, type RunOutcome, unpackFailure } from "./far_side.ts";
import { ItemSender } from "./item_sender.ts";
import type { LimitLeases } from "./limit_leases.ts";
import type { NotedRun, NoteSender } from "./note_sender.ts";
import { pauseBefore } from "./retry_pause.ts";

/** What a worker counts. */
export interface WorkerCounts {
  /** Jobs that ended here, with their result stored. */
  completed: number;
  /** Results that came second, and jobs that had one before they ran: dropped. */
  duplicates: number;
  /** Jobs that this worker does not run, and what was no job. */
  refused: number;
  /** Attempts that failed and were followed by another. */
  retried: number;
  /** Jobs that were given up. */
  dead: number;
  /** Threads or processes that were lost with their job. */
  lost: number;
}

/** What a run needs of its worker. */
export interface RunContext {
  readonly worker: string;
  readonly local: Executor;
  readonly allow: AllowList;
  readonly leases: LimitLeases;
  readonly results: ResultStore;
  readonly parcels: Parcels;
  readonly due: DueJobs;
  readonly dead: DeadLetterStore;
  readonly notes: NoteSender;
  readonly counts: WorkerCounts;
  /** Why a job was stopped before it came here; `undefined`: it was not. */
  stoppedBefore(id: string): { readonly reason: unknown } | undefined;
}

/** The longest pause of a job that finds no place under its limit, and the first, in milliseconds. */
const [FIRST_DEFERRAL, LONGEST_DEFERRAL] = [25, 1_000];

/** See the head of this file. */
export class JobRun implements NotedRun {
  readonly run: string;
  readonly #context: RunContext;
  readonly #delivery: Delivery;
  readonly #controller = new AbortController();
  /** Its place is free: it computes no more. */
  readonly #onFree: () => void;
  #job: { readonly head: JobHead; readonly body: Uint8Array } | null = null;
  #isOver = false;
  #isRunning = false;
  #isFree = false;
  #holdsLimit = false;
  /** A dead letter has its arguments. */
  #isBuried = false;
  #began = 0;
  #notes = 0;
  #telling: Promise<void> = Promise.resolve();
  /** Of a stream. */
  items: ItemSender | null = null;
  /** When the server last heard of it, in milliseconds since the epoch. */
  #heard = epochTime();

  constructor(context: RunContext, delivery: Delivery, run: string, onFree: () => void) {
    this.run = run;
    this.#context = context;
    this.#delivery = delivery;
    this.#onFree = onFree;
  }

  get head(): JobHead {
    return this.#job!.head;
  }

  /** The job's id; `null` while it is not known. */
  get id(): string | null {
    return this.#job?.head.id ?? null;
  }

  /** Whether it computes no more. */
  get isOver(): boolean {
    return this.#isFree;
  }

  /** Lives to its end. */
  async live(): Promise<void> {
    try {
      await this.#live();
    } finally {
      this.#free();
      this.#isOver = true;
      if (this.#holdsLimit) await this.#leave();
    }
  }

  /** Lets another worker have it, as if this one had never had it. */
  async putBack(): Promise<void> {
    this.#free();
    this.#isOver = true;
    const { head, body } = readJob(this.#delivery.data);
    const lost = (head.lost ?? 0) + this.#delivery.count - 1;
    const again: JobHead = { ...head, look: true, lost, round: (head.round ?? 0) + 1 };
    await this.#context.due.bring(again, body);
    this.#delivery.acknowledge();
  }

  /** Tells the server that it lives, when it is time. */
  beat(at: number): void {
    if (this.#job === null || this.#isOver) return;
    const { ackWait, id, limit } = this.head;
    if (at - this.#heard < ackWait / 4) return;
    this.#heard = at;
    this.#delivery.working();
    if (this.#holdsLimit) {
      this.#context.leases.renew(hashOf(limit!.key), this.run, ackWait).catch(() => {}); // next time
    }
    if (!this.#isRunning) return;
    // Whoever stored a result has cancelled it, or run it elsewhere: it is needed no more.
    this.#context.results.read(id).then(
      (found) => found !== null && this.#isRunning && this.stop(new BrokenExecutorError(ELSEWHERE)),
      () => {}, // next time
    );
  }

  /** Asks it to stop: its result is stored by whoever says so. */
  stop(reason: unknown): void {
    this.#controller.abort(reason);
    this.items?.finish();
  }

  async #live(): Promise<void> {
    const { counts, results, allow } = this.#context;
    try {
      this.#job = readJob(this.#delivery.data);
    } catch {
      counts.refused++;
      return this.#delivery.terminate();
    }
    const { head } = this;
    const lost = (head.lost ?? 0) + this.#delivery.count - 1;
    const stopped = this.#context.stoppedBefore(head.id);
    const mayBeOver = stopped !== undefined || lost > 0 || head.look;
    if (mayBeOver && await results.read(head.id) !== null) {
      counts.duplicates++;
      return await this.#drop();
    }
    if (stopped !== undefined) {
      this.stop(stopped.reason); // whose word, as a result, is on its way
      return await this.#stopped();
    }
    if (lost >= head.maxDeliver) {
      const why =
        `The job was given up: ${lost} workers that ran it died, or lost their server for longer than ackWait`;
      return await this.#giveUp(new BrokenExecutorError(why), lost);
    }
    try {
      await allow.permit(head.target);
      if (head.retries?.when !== undefined) await allow.permit(head.retries.when);
    } catch (refusal) {
      counts.refused++;
      return await this.#settle("failed", await packFailure(refusal));
    }
    if (head.limit !== undefined && !await this.#enter()) return await this.#defer(lost);
    await this.#run(lost);
  }

  async #run(lost: number): Promise<void> {
    const { local, parcels, notes } = this.#context;
    const { head } = this;
    const { target, shape, carries = false, retries } = head;
    let args: Packed;
    try {
      args = alone(head.apart ? await parcels.args(head.id) : this.#job!.body);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error; // the server is away
      return await this.#settle("failed", await packFailure(error));
    }
    const order: RunOrder = {
      target,
      isChunk: shape === "chunk",
      carries,
      when: retries?.when ?? null,
    };
    this.#began = epochTime();
    this.#isRunning = true;
    notes.began(this);
    let outcome: RunOutcome;
    try {
      outcome = shape === "stream"
        ? await this.#stream(order, args)
        : await this.#call(local, order, args);
    } catch (error) {
      return await this.#failed(error, lost);
    } finally {
      this.#isRunning = false;
      this.#free();
    }
    if (this.#controller.signal.aborted) return await this.#stopped();
    if (outcome.end === "failed") return await this.#retry(outcome.value);
    await this.#settle(outcome.end === "done" ? "done" : "failed", outcome.value);
  }

  async #call(local: Executor, order: RunOrder, args: Packed): Promise<RunOutcome> {
    const { timeout, progress } = this.head;
    const settings: JobSettings = { signal: this.#controller.signal };
    if (timeout !== undefined) settings.timeout = timeout;
    if (progress) settings.onProgress = (value) => this.#tell(value);
    return await local.submitWith(settings, farSide.runJob, order, args);
  }

  async #stream(order: RunOrder, args: Packed): Promise<RunOutcome> {
    const iterator = this.#context.local.stream(farSide.runStream, order, args);
    this.items = new ItemSender(
      this,
      this.#context.notes,
      iterator as AsyncIterator<Packed, unknown>,
    );
    if (this.#controller.signal.aborted) this.items.finish(); // while it was looked at
    const outcome = await this.items.send() as RunOutcome | null;
    this.#notes = this.items.count;
    return outcome ?? { end: "done", value: await pack({ value: undefined, marked: false }) };
  }

  #tell(value: unknown): void {
    const n = this.#notes++;
    this.#telling = this.#telling.then(() => this.#context.notes.progress(this, n, value));
    this.#telling.catch(() => {}); // told where it is awaited
  }

  /** What runs jobs here could not: the job is out of time, was stopped, or its thread or process is lost. */
  async #failed(error: unknown, lost: number): Promise<void> {
    if (this.#controller.signal.aborted) return await this.#stopped();
    if (!(error instanceof BrokenExecutorError)) {
      const failure = await packFailure(error);
      if (!await this.#isWorthIt(failure)) return await this.#settle("failed", failure);
      return await this.#retry(failure);
    }
    this.#context.counts.lost++;
    // A reader that has items cannot be given them again by another run.
    if ((this.items?.count ?? 0) > 0) return await this.#settle("failed", await packFailure(error));
    if (lost + 1 >= this.head.maxDeliver) return await this.#giveUp(error, lost + 1);
    this.#delivery.giveBack();
  }

  async #isWorthIt(failure: Packed): Promise<boolean> {
    const { when } = this.head.retries ?? {};
    if (when === undefined) return true;
    return await this.#context.local.submit(farSide.isWorthIt, when, failure);
  }

  /** The attempt failed: there is another, or it was the last. */
  async #retry(failure: Packed): Promise<void> {
    const { head } = this;
    const { counts, due } = this.#context;
    const tries = (head.tries ?? 0) + 1;
    if (head.retries === undefined) return await this.#settle("failed", failure);
    if (tries >= head.retries.attempts || (this.items?.count ?? 0) > 0) {
      if (tries > 1) await this.#bury(await unpackFailure(failure), tries);
      return await this.#settle("failed", failure, tries);
    }
    counts.retried++;
    const again = { tries, lost: 0, due: Date.now() + pauseBefore(tries, head.retries) };
    await due.add(this.#republished(again), this.#job!.body);
    this.#delivery.acknowledge();
  }

  async #settle(
    end: ResultHead["end"],
    value: Packed,
    attempts?: number,
  ): Promise<void> {
    const { parcels, results, counts, worker } = this.#context;
    const { id } = this.head;
    this.#free();
    await this.#telling;
    const { apart, body } = await parcels.keep(value);
    const began = this.#began === 0 ? epochTime() : this.#began;
    const ms = epochTime() - began;
    const head: ResultHead = {
      v: 1,
      id,
      end,
      worker,
      run: this.run,
      ms,
      began,
      notes: this.#notes,
      attempts,
      apart,
    };
    if (await results.store(id, this.run, record(head, body))) counts.completed++;
    else {
      counts.duplicates++;
      await parcels.drop(apart);
    }
    await this.#drop();
  }

  /** It was asked to stop; nearly always by one who has stored that as its result. */
  async #stopped(): Promise<void> {
    const { results, worker } = this.#context;
    const { id } = this.head;
    const began = this.#began === 0 ? epochTime() : this.#began;
    const head: ResultHead = {
      v: 1,
      id,
      end: "cancelled",
      worker,
      run: this.run,
      ms: epochTime() - began,
      began,
      notes: 0,
    };
    const reason = await packFailure(this.#controller.signal.reason);
    await results.store(id, this.run, record(head, reason));
    await this.#drop();
  }

  /** It is done with: nobody is to run it again. */
  async #drop(): Promise<void> {
    this.#delivery.acknowledge();
    if (this.head.apart && !this.#isBuried) await this.#context.parcels.dropArgs(this.head.id);
  }

  /** No worker is to try it again. */
  async #giveUp(error: Error, attempts: number): Promise<void> {
    await this.#bury(error, attempts);
    await this.#settle("failed", await packFailure(error), attempts);
  }

  /** Stores it where it can be found, replayed and purged. Its arguments are kept with it. */
  async #bury(error: unknown, attempts: number): Promise<void> {
    const { dead, counts } = this.#context;
    const { name, message } = asError(error);
    const { id } = this.head;
    counts.dead++;
    this.#isBuried = true;
    const job = record(this.#republished({ tries: 0, lost: 0, due: undefined }), this.#job!.body);
    await dead.add({ v: 1, id, error: { name, message }, attempts, at: Date.now() }, job);
  }

  /** Takes a place under the limit; returns whether there was one. */
  async #enter(): Promise<boolean> {
    const { limit, ackWait } = this.head;
    const { key, max } = limit!;
    return this.#holdsLimit = await this.#context.leases.take(hashOf(key), max, this.run, ackWait);
  }

  async #leave(): Promise<void> {
    this.#holdsLimit = false;
    await this.#context.leases.giveBack(hashOf(this.head.limit!.key), this.run);
  }

  async #defer(lost: number): Promise<void> {
    const deferred = (this.head.deferred ?? 0) + 1;
    const longest = Math.min(LONGEST_DEFERRAL, FIRST_DEFERRAL * 2 ** deferred);
    const due = Date.now() + longest * (0.5 + Math.random() / 2);
    await this.#context.due.add(this.#republished({ deferred, lost, due }), this.#job!.body);
    this.#delivery.acknowledge();
  }

  #republished(changes: Partial<JobHead>): JobHead {
    return { ...this.head, look: true, round: (this.head.round ?? 0) + 1, ...changes };
  }

  #free(): void {
    if (this.#isFree) return;
    this.#isFree = true;
    this.#onFree();
  }
}

const ELSEWHERE = "The job has a result already: it was cancelled, or ran on another worker";
