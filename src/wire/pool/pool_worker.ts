import { type ClockTimer, realClock } from "../../core/clock.ts";
import { BrokenExecutorError, StoppedError } from "../../core/errors.ts";
import { Future } from "../../core/future.ts";
import type { Call } from "../rpc/call.ts";
import { Controller } from "../rpc/controller.ts";
import type { Job, JobWorker } from "./job.ts";
import { type AnyFunction, targetOf } from "../codec/portable.ts";
import type { Offers } from "../rpc/slot_table.ts";
import type { Reach, Transport } from "../rpc/transport.ts";

/**
 * How long a job that was asked to stop may go on before its worker is given up, in milliseconds. Where others run
 * beside it, also how long a worker may take to answer.
 */
const STOP_GRACE = 1_000;

/** How long a worker may take until it can take jobs, its initializer included, in milliseconds. */
const START_GRACE = 60_000;

/** How long a worker may take to go once it has nothing to do, in milliseconds. */
const END_GRACE = 1_000;

/** A worker that was started, and how. */
export interface Started {
  readonly transport: Transport;
  readonly offers: Offers | null;
  /** Ends it now, whatever it does. */
  readonly kill: () => void;
  /** Has it keep the program alive, which it does at first, or not. */
  readonly keepProgram: (keeps: boolean) => void;
  /** Whether what it runs on may be kept for others when it has ended. */
  readonly isKept?: boolean;
}

/** What a worker tells its pool. */
export interface WorkerEvents {
  /** It can take jobs. */
  onReady(worker: PoolWorker): void;
  /** It failed before it could take jobs. */
  onUnfit(worker: PoolWorker, error: unknown): void;
  /** A job ended there after `ms` milliseconds. */
  onSettled(worker: PoolWorker, job: Job, ms: number): void;
  /** A job was taken from it before it began. */
  onTaken(worker: PoolWorker): void;
  /** A job came back that it has not begun and will not begin. */
  onReturned(worker: PoolWorker, job: Job): void;
  /** It is gone, as it was asked to or not. */
  onGone(worker: PoolWorker, wasAsked: boolean): void;
}

/** One worker of a pool: a controller, the jobs it has, and its end. */
export class PoolWorker implements JobWorker {
  readonly name: string;
  readonly controller: Controller;
  /** The jobs it has, oldest first. */
  readonly jobs: Set<Job> = new Set();
  /** `starting` until its initializer has run; `ending` once it takes no more jobs. */
  state: "starting" | "ready" | "ending" | "gone" = "starting";
  /** Ends when it can take jobs; fails when it never will. */
  readonly prepared: Future<void> = new Future<void>();
  /** When it last became idle, for the idle timeout. */
  idleSince = 0;
  /** How many jobs it has run. */
  served = 0;
  readonly #events: WorkerEvents;
  readonly #reach: Reach;
  readonly #concurrency: number;
  readonly #kill: () => void;
  /** Of each job that was asked to stop: the end of its grace. */
  readonly #graces = new Map<Job, ClockTimer>();
  #timer: ClockTimer | null = null;
  /** Where one that was given up has to answer in time. */
  #answer: ClockTimer | null = null;
  #isLate = false;
  readonly #keepProgram: (keeps: boolean) => void;
  /** Not when something was done to have an effect there: an initializer, a broadcast. */
  #isKept: boolean;
  #rests = false;
  #servedBefore = 0;
  #servedAtMoment = 0;

  constructor(
    name: string,
    started: Started,
    concurrency: number,
    initializer: { fn: AnyFunction; args: unknown[] } | null,
    events: WorkerEvents,
  ) {
    this.name = name;
    this.#events = events;
    this.#reach = started.transport.reach;
    this.#kill = started.kill;
    this.#keepProgram = started.keepProgram;
    this.#isKept = started.isKept === true && initializer === null;
    this.#concurrency = concurrency;
    this.controller = new Controller(started.transport, { name, concurrency }, {
      onSettled: (call, ms) => {
        const job = call as Job;
        if (!this.#forget(job)) return; // the initializer, or a broadcast
        job.worker = null;
        this.served++;
        events.onSettled(this, job, ms);
      },
      onReturned: (call) => this.#return(call),
      onGone: () => {
        const wasAsked = this.state === "ending";
        this.state = "gone";
        this.#timer?.cancel();
        this.#answer?.cancel();
        for (const grace of this.#graces.values()) grace.cancel();
        // A process has printed it itself.
        if (this.controller.untold !== undefined && this.#reach === "thread") {
          console.error(
            `Uncaught error on thread ${name}, which has ended:`,
            this.controller.untold,
          );
        }
        events.onGone(this, wasAsked);
      },
    }, started.offers);
    this.#timer = realClock.setTimer(() => {
      this.#isLate = true;
      this.kill();
    }, START_GRACE);
    this.controller.ready.addDoneCallback((ready) => {
      const failure = ready.exception();
      if (failure !== null) this.#becomeUnfit(failure);
      else if (initializer === null) this.#becomeReady();
      else this.#initialize(initializer);
    });
  }

  /** Gives it a job; returns whether it has it, which it has not if the arguments cannot cross. */
  assign(job: Job): boolean {
    let id: number;
    try {
      id = this.controller.run(job);
    } catch (error) {
      job.failed(error);
      return false;
    }
    this.#wake();
    this.jobs.add(job);
    job.sent(this, id);
    return true;
  }

  /** Whether it was not made to go from outside; of one that is gone. */
  get endedByItself(): boolean {
    return this.#isLate || (this.controller.gone.result().signal ?? null) === null;
  }

  /** Runs a call that is no job. */
  prepare(call: Call): void {
    this.#isKept = false;
    this.#wake();
    this.controller.run(call);
  }

  /** How many jobs it may have at once, of those that `window` may be ahead. */
  roomFor(window: number): number {
    return this.controller.takesMore ? window : this.#concurrency;
  }

  /** Whether it has begun a job; one that cannot say begins what it gets. */
  hasBegun(job: Job): boolean {
    return this.controller.begun(job.id);
  }

  /** Takes a job back, unless it has begun it; returns whether it did. */
  takeBack(job: Job): boolean {
    if (!this.jobs.has(job) || this.controller.revoke([job.id]).length === 0) return false;
    this.#forget(job);
    job.returned();
    this.#events.onTaken(this);
    return true;
  }

  /** Takes back all that it has not begun; the pool is told of each. */
  takeBackAll(): void {
    // The last first, so that they come to wait in their order.
    const ids = Array.from(this.jobs, (job) => job.id).reverse();
    for (const call of this.controller.revoke(ids)) this.#return(call);
    this.controller.collect();
  }

  #return(call: Call): void {
    const job = call as Job;
    if (!this.#forget(job)) { // the initializer, or a broadcast, which is for no other worker
      return call.lost(new BrokenExecutorError("The worker is gone: it ended before it began"));
    }
    job.returned();
    this.#events.onReturned(this, job);
  }

  /** The reader of the job's items took so many. */
  taken(job: Job, count: number): void {
    this.controller.taken(job.id, count);
  }

  /** The reader of the job's items wants no more. */
  finish(job: Job): void {
    this.controller.finish(job.id);
  }

  /**
   * Asks a job to stop; a worker where it does not within its grace is given up, a process at once if asked. Others
   * that run there are not hurt by that, unless the worker does not even answer.
   */
  interrupt(job: Job, reason: unknown, atOnce: boolean): void {
    if (!this.controller.stop(job.id, reason)) return;
    this.#graces.get(job)?.cancel();
    this.#graces.set(job, realClock.setTimer(() => this.#giveUp(), STOP_GRACE));
    if (atOnce && this.#reach === "process" && !this.#hasOthers()) this.kill();
  }

  /** A job has not stopped in time. */
  #giveUp(): void {
    if (!this.#hasOthers()) return this.kill();
    this.end(); // the others may finish; endSoon() sees to the rest
    this.takeBackAll();
    this.#answer ??= realClock.setTimer(() => this.kill(), STOP_GRACE);
    this.controller.ping(() => this.#answer?.cancel());
  }

  /** Whether jobs run here beside those that were asked to stop. */
  #hasOthers(): boolean {
    if (this.#concurrency === 1) return false;
    for (const job of this.jobs) {
      if (!this.#graces.has(job) && this.controller.begun(job.id)) return true;
    }
    return false;
  }

  /** Whether the program may end although this worker idles. */
  get rests(): boolean {
    return this.#rests;
  }

  /** Lets the program end although this worker idles; the next call takes that back. */
  rest(): void {
    if (this.#rests) return;
    this.#rests = true;
    this.#keepProgram(false);
  }

  /** Has it keep the program again: somebody waits for what it does, or for its end. */
  #wake(): void {
    if (!this.#rests) return;
    this.#rests = false;
    this.#keepProgram(true);
  }

  /** From here on it is counted how many jobs it ends. */
  beginMoment(): void {
    this.#servedAtMoment = this.served;
  }

  /** Whether it has more jobs than it has ended since the moment began. */
  get isSlow(): boolean {
    return this.jobs.size > this.served - this.#servedAtMoment;
  }

  /** Takes the outcomes that it holds back because it is busy, if none came since the last call. */
  collectIfSilent(): void {
    if (this.served === this.#servedBefore) this.controller.collect();
    this.#servedBefore = this.served;
  }

  /** Lets it finish what it has and go; whatever it does, it is gone some time after it is idle. */
  end(): void {
    if (this.state === "ending" || this.state === "gone") return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#wake();
    this.state = "ending";
    this.controller.end(this.#isKept);
    this.endSoon();
  }

  /** Once it has nothing left to do it must go within the grace; at once when what is left did not stop in its own. */
  endSoon(): void {
    if (this.state !== "ending") return;
    if (this.#answer !== null && this.jobs.size > 0) {
      if (!this.#hasOthers()) this.kill();
    } else if (this.jobs.size === 0) {
      this.#timer ??= realClock.setTimer(() => this.kill(), END_GRACE);
    }
  }

  /** Asks everything that runs there to stop, and gives the worker up if that takes too long. */
  stop(): void {
    const reason = new StoppedError("The pool was shut down");
    for (const job of this.jobs) this.interrupt(job, reason, false);
    if (this.jobs.size === 0) this.end();
  }

  /** Ends it now. */
  kill(): void {
    if (this.state === "gone") return;
    this.#wake();
    this.#kill();
  }

  /** The job is not here any more; returns whether it was. */
  #forget(job: Job): boolean {
    if (!this.jobs.delete(job)) return false;
    if (this.#graces.size > 0) {
      this.#graces.get(job)?.cancel();
      this.#graces.delete(job);
    }
    return true;
  }

  #initialize(initializer: { fn: AnyFunction; args: unknown[] }): void {
    const fail = (error: unknown): void => this.#becomeUnfit(error);
    try {
      this.controller.run({
        ...initializer,
        target: targetOf(initializer.fn),
        isChunk: false,
        onItems: null,
        done: () => this.#becomeReady(),
        failed: fail,
        lost: fail,
      });
    } catch (error) {
      fail(error); // its arguments cannot cross
    }
  }

  /** Synchronously, so that a thread that blocks for a result gets there too. */
  #becomeReady(): void {
    this.prepared.setResult();
    if (this.state !== "starting") return; // it was told to go meanwhile
    this.#timer?.cancel();
    this.#timer = null;
    this.state = "ready";
    this.idleSince = realClock.now();
    this.#events.onReady(this);
  }

  #becomeUnfit(error: unknown): void {
    this.prepared.setException(error);
    this.prepared.exception(); // the pool is told; nobody else need look
    this.#events.onUnfit(this, error);
  }
}
