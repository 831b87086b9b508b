/**
 * The jobs of one executor on their way through the server, and back.
 *
 *     submit ─▶ open, waits for the server ─▶ stored (`accepted`) ─▶ begun (a worker's note) ─▶ its result is here
 *
 * - What a job is lies with the server as soon as it is stored; what stands here are its future and who wants it.
 * - The first result that is stored is the result. A cancel is a result too: whoever is first, the worker or the caller, has said
 *   how the job ended, and the other's word is dropped.
 */
import { epochTime, now, setTimer } from "../../core/clock.ts";
import { checkOutcomes } from "../../core/mapping/chunk.ts";
import {
  BrokenExecutorError,
  CancelledError,
  FullError,
  ShutDownError,
  StoppedError,
} from "../../core/errors.ts";
import { Deque } from "../../core/collections/deque.ts";
import { Future } from "../../core/future.ts";
import type { JobPool } from "../../futures/base_executor.ts";
import type { ExecutorStatistics } from "../../futures/executor.ts";
import { captureArguments } from "../../wire/codec/codec.ts";
import { type AnyFunction, lookIntoTarget, targetOf } from "../../wire/codec/portable.ts";
import { transfer } from "../../wire/codec/transfer.ts";
import { ItemStreams } from "../../wire/pool/item_stream.ts";
import { checkSettings, type Job, type JobKind, type JobOwner } from "../../wire/pool/job.ts";
import type { ShutdownOptions } from "../../wire/pool/pool_settings.ts";
import { PoolCounts } from "../../wire/pool/pool_statistics.ts";
import type { ConnectionSettings } from "../connection_options.ts";
import type { DeadLetter } from "../dead_letters.ts";
import { type QueueNames, randomName } from "../names.ts";
import { pack, unpack } from "../packed.ts";
import { type NoteHead, readNote, readResult, type ResultHead } from "../records.ts";
import type { StructureSettings } from "../structures.ts";
import { unpackFailure } from "../worker/far_side.ts";
import { broadcastOver } from "./broadcast.ts";
import { Cancels } from "./cancels.ts";
import { FoundFuture, FoundJobs } from "./found_jobs.ts";
import { checkNatsSettings, type NatsJobSettings } from "./job_settings.ts";
import { idOfKey, type NatsFuture, NatsJob } from "./nats_job.ts";
import { JobSender } from "./job_sender.ts";
import { brokenStream, RemoteRun } from "./remote_run.ts";
import { ResultWatch } from "./result_watch.ts";
import { Session } from "./session.ts";
import { WorkerTable } from "./worker_table.ts";

/** A session, and who listens in it. */
interface Attached {
  readonly session: Session;
  readonly watch: ResultWatch;
  readonly workers: WorkerTable;
  readonly found: FoundJobs;
}

/** See the head of this file. */
export class NatsPool implements JobPool, JobOwner {
  /** This thread's event loop is needed for a result. */
  readonly canBlock = false;
  readonly #connection: () => Promise<ConnectionSettings>;
  readonly #names: QueueNames;
  readonly #structure: StructureSettings;
  readonly #maxQueue: number;
  readonly #caller = randomName();
  readonly #open = new Map<string, NatsJob>();
  readonly #streams = new ItemStreams();
  readonly #counts = new PoolCounts();
  readonly #roomWaiters: (() => void)[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  /** Jobs that are held back while the executor is paused. */
  readonly #held = new Deque<NatsJob>();
  #attaching: Promise<Attached> | null = null;
  #attached: Attached | null = null;
  #begun = 0;
  #serial = 0;
  #isPaused = false;
  #isShutDown = false;
  #isLeaving = false;
  readonly #sender: JobSender;
  readonly #cancels: Cancels;
  readonly #finished = new Future<void>();

  constructor(
    connection: () => Promise<ConnectionSettings>,
    names: QueueNames,
    structure: StructureSettings,
    maxQueue: number,
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#structure = structure;
    this.#maxQueue = maxQueue;
    this.#sender = new JobSender(this.#caller, structure);
    this.#cancels = new Cancels(this.#caller);
  }

  get hasRoom(): boolean {
    return this.#open.size < this.#maxQueue || this.#isShutDown;
  }

  submit(settings: NatsJobSettings, fn: AnyFunction, args: unknown[], kind?: JobKind): NatsJob {
    checkSettings(settings);
    checkNatsSettings(settings);
    if (this.#isShutDown) throw new ShutDownError("Cannot submit: the executor was shut down");
    targetOf(fn); // refuses what cannot be found over there
    const { key, signal } = settings;
    const id = key === undefined ? `${this.#caller}-${this.#serial++}` : idOfKey(key);
    const same = key === undefined ? undefined : this.#open.get(id);
    if (same !== undefined) return same;
    if (settings.transfer !== undefined) transfer(args, settings.transfer);
    const job = new NatsJob(this, fn, args, settings, id, kind);
    if (signal?.aborted) job.cancel(signal.reason);
    else if (!this.hasRoom) {
      job.failed(
        new FullError(`Cannot submit: maxQueue is ${this.#maxQueue}; await room() first`),
      );
    } else if (job.capture("process")) this.#take(job);
    return job;
  }

  stream(fn: AnyFunction, args: unknown[]): AsyncIterableIterator<unknown> {
    return this.#streams.open((onItems) => this.submit({}, fn, args, { onItems }));
  }

  room(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  async ready(): Promise<void> {
    const { session } = await this.#attach();
    await session.connection.flush(); // who is there has answered
  }

  async broadcast(fn: AnyFunction, args: unknown[]): Promise<unknown[]> {
    const target = targetOf(fn);
    lookIntoTarget(target);
    const body = await pack(captureArguments(args, null, "process"));
    const { session, workers } = await this.#attach();
    return await broadcastOver(session, workers, target, body);
  }

  pause(): void {
    if (!this.#isShutDown) this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (let job = this.#held.shift(); job !== undefined; job = this.#held.shift()) {
      void this.#send(job);
    }
  }

  onIdle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async shutdown({ wait = true, cancelPending = false, timeout }: ShutdownOptions): Promise<void> {
    this.#streams.expectReaders();
    this.#isShutDown = true;
    this.resume();
    const pending = new CancelledError("The executor was shut down");
    if (cancelPending) this.#cancelPending(pending);
    this.#notify();
    if (timeout !== undefined) {
      const timer = setTimer(() => {
        this.#cancelPending(pending);
        const reason = new StoppedError("The executor was shut down");
        for (const job of [...this.#open.values()]) {
          this.#stop(job, reason); // while there is somebody to tell it to
          job.failed(reason);
        }
      }, timeout);
      this.#finished.addDoneCallback(() => timer.cancel());
    }
    this.#finishIfDone();
    if (wait) await this.#finished;
  }

  statistics(): ExecutorStatistics {
    const workers = this.#attached?.workers.all() ?? [];
    this.#counts.lost = this.#attached?.workers.lost ?? 0;
    const there = workers.reduce((sum, each) => sum + each.workers, 0);
    const busy = workers.reduce((sum, each) => sum + Math.min(each.running, each.workers), 0);
    this.#counts.alive = there;
    this.#counts.busy = busy;
    return Object.freeze({
      workers: there,
      idle: there - busy,
      queued: this.#open.size - this.#begun,
      paused: this.#isPaused,
      running: this.#begun,
      zombies: 0,
      ...this.#counts.summary(),
    });
  }

  /** The future of any job of the queue. */
  find(id: string): NatsFuture<unknown> {
    const own = this.#open.get(id);
    if (own !== undefined) return own.future as Future<unknown> as NatsFuture<unknown>;
    return this.#found(id, (found, future) => found.find(id, future));
  }

  /** Has a job that was given up run again. */
  replay(id: string): NatsFuture<unknown> {
    return this.#found(id, (found, future) => found.replay(id, future));
  }

  /** Forgets a job that was given up. */
  async purge(id: string): Promise<void> {
    const { found } = await this.#attach();
    await found.purge(id);
  }

  /** The jobs that were given up. */
  async *deadLetters(): AsyncGenerator<DeadLetter> {
    const { session } = await this.#attach();
    yield* session.dead.list();
  }

  withdraw(job: Job): boolean {
    if (job.worker !== null) return false;
    const { signal } = job.settings;
    const reason = signal?.aborted ? signal.reason : new CancelledError("The job was cancelled");
    this.#stop(job as NatsJob, reason);
    return true;
  }

  #found(
    id: string,
    ask: (found: FoundJobs, future: FoundFuture) => Promise<void>,
  ): NatsFuture<unknown> {
    if (this.#isShutDown) {
      throw new ShutDownError("Cannot ask for a job: the executor was shut down");
    }
    const future: FoundFuture = new FoundFuture(
      id,
      async (future) => await ask((await this.#attach()).found, future),
      (reason) => {
        const session = this.#attach().then((attached) => attached.session);
        this.#cancels.tellById(id, reason, session).then(() => this.#finishIfDone());
      },
    );
    return future;
  }

  #take(job: NatsJob): void {
    this.#open.set(job.jobId, job);
    job.future.addDoneCallback(() => this.#closed(job));
    job.watch();
    if (this.#isPaused) this.#held.push(job);
    else void this.#send(job);
  }

  /** Has the server store it. */
  async #send(job: NatsJob): Promise<void> {
    try {
      const body = pack(job.encoded!);
      const packed = body instanceof Promise ? await body : body;
      const { session, watch } = this.#attached ?? await this.#attach();
      if (job.future.done()) return;
      await this.#sender.send(job, packed, session, watch);
      if (job.future.done() && !job.hasResult) await this.#cancels.withdraw(job, session); // cancelled meanwhile
    } catch (error) {
      job.failed(error);
    }
  }

  #attach(): Promise<Attached> {
    if (this.#attaching === null) {
      const attaching = this.#openSession();
      this.#attaching = attaching;
      attaching.catch(() => {
        if (this.#attaching === attaching) this.#attaching = null; // the next job tries again
      });
    }
    return this.#attaching;
  }

  async #openSession(): Promise<Attached> {
    const session = await Session.open(await this.#connection(), this.#names, this.#structure);
    const { connection, names } = session;
    const watch = new ResultWatch(
      session,
      this.#caller,
      (id, bytes) => void this.#arrive(id, bytes),
    );
    connection.subscribe(names.all(`note.${this.#caller}`), ({ data }) => this.#hear(data));
    const workers = new WorkerTable(session);
    const attached = {
      session,
      watch,
      workers,
      found: new FoundJobs(session, watch, this.#caller),
    };
    this.#attached = attached;
    connection.onReconnect(() => void this.#lookForLoss(attached));
    connection.closed.then((error) => {
      this.#attached = null;
      this.#attaching = null;
      watch.close();
      attached.found.fail(error ?? new ShutDownError("The executor was shut down"));
      if (error === null) return;
      for (const job of [...this.#open.values()]) job.failed(error);
    });
    return attached;
  }

  /** A server that comes back without its store has lost all that it had said it stored. */
  async #lookForLoss({ session, found }: Attached): Promise<void> {
    const stored = [...this.#open.values()].filter((job) => job.stored !== null);
    if (!await session.structures.restore()) return;
    const lost = new BrokenExecutorError(
      "The job is lost: its server came back without what it had stored",
    );
    for (const job of stored) job.failed(lost);
    found.fail(lost);
  }

  /** A worker tells of a job. */
  #hear(bytes: Uint8Array): void {
    let note: { head: NoteHead; body: Uint8Array };
    try {
      note = readNote(bytes);
    } catch {
      return; // anybody can write there
    }
    const job = this.#open.get(note.head.id);
    if (job === undefined || job.future.done()) return;
    if (job.remote === null) this.#begin(job, note.head);
    else if (job.remote.run !== note.head.run) {
      if (job.remote.hasGiven) {
        const error = brokenStream();
        job.failed(error);
        return this.#stop(job, error);
      }
      job.remote.end();
      this.#begin(job, note.head);
    }
    job.remote?.hear(note.head, note.body);
  }

  #begin(job: NatsJob, note: NoteHead): void {
    const { session } = this.#attached!;
    if (job.remote === null) this.#begun++;
    job.remote = new RemoteRun(session, job, note, (each, reason) => this.#stop(each, reason));
    job.sent(job.remote, 0);
  }

  /** The result of a job is stored. */
  async #arrive(id: string, bytes: Uint8Array): Promise<void> {
    const job = this.#open.get(id);
    if (job === undefined) return this.#attached?.found.arrive(id, bytes);
    if (job.hasResult) return;
    job.hasResult = true;
    try {
      const { head, body } = readResult(bytes);
      await this.#settle(job, head, body);
    } catch (error) {
      job.failed(error);
    }
  }

  async #settle(job: NatsJob, head: ResultHead, body: Uint8Array): Promise<void> {
    const { parcels } = this.#attached!.session;
    if (job.remote !== null && (job.remote.run === head.run || job.remote.hasGiven)) {
      const isWhole = await job.remote.complete(head.notes);
      if (job.onItems !== null && (!isWhole || job.remote.run !== head.run)) throw brokenStream();
    } else if (job.onItems !== null && head.notes > 0) throw brokenStream();
    const bytes = head.apart === undefined ? body : await parcels.fetch(head.apart, body);
    if (head.end === "done") {
      const value = await unpack(bytes);
      this.#count(job, head);
      return job.done(job.isChunk ? checkOutcomes(value, job.size) : value);
    }
    const error = await unpackFailure(bytes);
    if (head.attempts !== undefined && error instanceof Error) {
      Object.assign(error, { attempts: head.attempts });
    }
    this.#count(job, head);
    if (head.end === "cancelled") job.cancel(error);
    else job.failed(error);
  }

  #count(job: NatsJob, { ms, began }: ResultHead): void {
    if (job.future.done()) return;
    this.#counts.run.add(ms);
    this.#counts.wait.add(Math.max(0, began - epochTime() + now() - job.submittedAt));
  }

  /** It has ended, however. */
  #closed(job: NatsJob): void {
    job.tellAccepted();
    this.#open.delete(job.jobId);
    this.#attached?.watch.remove(job.jobId);
    if (job.remote !== null) {
      this.#begun--;
      job.remote.end();
    }
    this.#counts.completed++;
    this.#notify();
    this.#finishIfDone();
  }

  /** Nobody wants it any more: the server is told, or it is not sent at all. */
  #stop(job: NatsJob, reason: unknown): void {
    if (!job.isPublished || this.#attached === null || job.hasResult) return;
    this.#cancels.tell(job, reason, this.#attached.session).then(() => this.#finishIfDone());
  }

  #cancelPending(reason: CancelledError): void {
    for (const job of [...this.#open.values()]) {
      if (job.worker === null) job.withdraw(reason);
    }
  }

  #notify(): void {
    if (this.hasRoom) { for (const resolve of this.#roomWaiters.splice(0)) resolve(); }
    if (this.#open.size === 0) { for (const resolve of this.#idleWaiters.splice(0)) resolve(); }
  }

  /** Leaves the server when it was shut down and nothing is open. */
  #finishIfDone(): void {
    if (!this.#isShutDown || this.#open.size > 0 || this.#cancels.pending > 0) return;
    if (this.#finished.done() || this.#isLeaving) return;
    this.#isLeaving = true;
    const leave = async (): Promise<void> => {
      const attached = await this.#attaching?.catch(() => null); // it never was there
      attached?.watch.close();
      await attached?.session.connection.close();
    };
    leave().then(() => this.#finished.setResult(), (error) => this.#finished.setException(error));
  }
}
