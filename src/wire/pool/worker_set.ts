import { type ClockTimer, realClock } from "../../core/clock.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { PoolWorker, type Started, type WorkerEvents } from "./pool_worker.ts";
import { StartPolicy } from "./start_policy.ts";

/** How long jobs may wait behind a slow one while a worker is idle, in milliseconds. */
const REBALANCE_AFTER = 2;

/** How often to look for outcomes that a busy worker cannot send, in milliseconds. */
const WATCH_EVERY = 20;

/** What a worker set tells its pool. */
export interface WorkerSetEvents extends WorkerEvents {
  /** A worker could not even be started. */
  onRefused(error: unknown): void;
  /** A worker may be started again. */
  onRetry(): void;
}

/** The workers of a pool: who gets the next job, who is started, who goes. */
export class WorkerSet implements Iterable<PoolWorker> {
  readonly #settings: PoolSettings;
  readonly #events: WorkerSetEvents;
  /** How the starts went. */
  readonly starts: StartPolicy;
  readonly #workers: PoolWorker[] = [];
  #names = 0;
  #holds = 0;
  /** The lowest priority of a job that waits inside a worker behind one that is not short. */
  #leastNext = Infinity;
  #rebalanceTimer: ClockTimer | null = null;
  #idleTimer: ClockTimer | null = null;
  #watchTimer: ClockTimer | null = null;

  constructor(settings: PoolSettings, events: WorkerSetEvents) {
    this.#settings = settings;
    this.#events = events;
    this.starts = new StartPolicy(events.onRetry);
  }

  get size(): number {
    return this.#workers.length;
  }

  [Symbol.iterator](): IterableIterator<PoolWorker> {
    return this.#workers.values();
  }

  /** Starts one more, unless there are enough or starts fail at the moment; returns whether it did. */
  start(): boolean {
    if (this.#workers.length >= this.#settings.maxWorkers) return false;
    if (!this.starts.mayStart(this.#starting())) return false;
    const name = `${this.#settings.namePrefix}-${++this.#names}`;
    let started: Started;
    try {
      started = this.#settings.start(name);
    } catch (error) {
      this.starts.failed(false);
      this.#events.onRefused(error);
      return false;
    }
    const { concurrency, initializer } = this.#settings;
    this.#workers.push(new PoolWorker(name, started, concurrency, initializer, this.#events));
    return true;
  }

  #starting(): number {
    return this.#workers.filter((worker) => worker.state === "starting").length;
  }

  /** Lets nobody go for idling until it is disposed of: all are wanted at once. */
  hold(): Disposable {
    this.#holds++;
    return {
      [Symbol.dispose]: () => {
        this.#holds--;
        this.endIdle(false);
      },
    };
  }

  /** One is gone. */
  remove(worker: PoolWorker): void {
    this.#workers.splice(this.#workers.indexOf(worker), 1);
  }

  /**
   * The worker that may have one more job: an idle one, else the one with most room in its window. When
   * none is idle one more is started, while there are not enough for the `waiting` jobs.
   */
  pick(window: number, waiting: number): PoolWorker | null {
    let best: PoolWorker | null = null;
    let starting = 0;
    for (const worker of this.#workers) {
      if (worker.state === "starting") starting++;
      if (worker.state !== "ready" || worker.jobs.size >= worker.roomFor(window)) continue;
      if (worker.served + worker.jobs.size >= this.#settings.maxTasksPerWorker) continue;
      if (best === null || worker.jobs.size < best.jobs.size) best = worker;
    }
    if (best !== null && best.jobs.size === 0) return best;
    if (starting < waiting) this.start();
    return best;
  }

  /**
   * While one idles and another has jobs that it has not begun, those are taken back, soon; unless at the pace of the
   * last moment it will have done them soon itself.
   */
  rebalanceSoon(): void {
    if (this.#rebalanceTimer !== null || !this.#isUnbalanced()) return;
    for (const worker of this.#workers) worker.beginMoment();
    this.#rebalanceTimer = realClock.setTimer(() => {
      this.#rebalanceTimer = null;
      if (!this.#isUnbalanced()) return;
      for (const worker of this.#workers) {
        if (this.#isCrowded(worker) && worker.isSlow) worker.takeBackAll();
      }
      this.rebalanceSoon();
    }, REBALANCE_AFTER);
  }

  /** Takes back what no worker has begun. */
  takeBackAll(): void {
    for (const worker of this.#workers) worker.takeBackAll();
  }

  /** A job of this priority waits inside a worker behind one that is not short. */
  noteNext(priority: number): void {
    this.#leastNext = Math.min(this.#leastNext, priority);
  }

  /** Takes back what no worker has begun if some of it is of a lower priority; returns whether it did. */
  yieldTo(priority: number): boolean {
    if (priority <= this.#leastNext) return false;
    this.#leastNext = Infinity;
    this.takeBackAll();
    return true;
  }

  /** While a worker has more than it has begun, looks now and then for outcomes that it cannot send. */
  watch(): void {
    if (this.#watchTimer !== null || !this.#workers.some((each) => this.#isWatched(each))) return;
    this.#watchTimer = realClock.setTimer(() => {
      this.#watchTimer = null;
      for (const worker of [...this.#workers]) {
        if (this.#isWatched(worker)) worker.collectIfSilent();
      }
      this.watch();
    }, WATCH_EVERY);
  }

  /** Whether outcomes may be held back there that can be had: threads send theirs before they begin something long. */
  #isWatched(worker: PoolWorker): boolean {
    return worker.controller.canCollect && this.#isCrowded(worker);
  }

  #isCrowded(worker: PoolWorker): boolean {
    return worker.state === "ready" && worker.jobs.size > this.#settings.concurrency;
  }

  /** Ends workers that have been idle too long, or, with `all`, every idle worker. */
  endIdle(all: boolean): void {
    if (all) {
      for (const worker of [...this.#workers]) if (worker.jobs.size === 0) worker.end();
      return;
    }
    if (this.#idleTimer !== null || this.#holds > 0) return;
    if (this.#settings.idleTimeout === Infinity) return;
    let spare = this.#workers.length - this.#settings.minWorkers;
    let next = Infinity;
    for (const worker of this.#workers) {
      if (worker.state !== "ready" || worker.jobs.size > 0) continue;
      const isSpare = spare-- > 0;
      if (!isSpare && worker.rests) continue;
      const left = worker.idleSince + this.#settings.idleTimeout - realClock.now();
      if (left <= 0) {
        if (isSpare) worker.end();
        else worker.rest(); // it stays, but a forgotten pool lets the program end
      } else next = Math.min(next, left);
    }
    if (next === Infinity) return;
    this.#idleTimer = realClock.setTimer(() => {
      this.#idleTimer = null;
      this.endIdle(false);
    }, next);
  }

  /** Nothing more is to be seen to. */
  dispose(): void {
    this.starts.dispose();
    this.#idleTimer?.cancel();
    this.#rebalanceTimer?.cancel();
    this.#watchTimer?.cancel();
  }

  #isUnbalanced(): boolean {
    let idle = false;
    let crowded = false;
    for (const worker of this.#workers) {
      if (worker.state !== "ready") continue;
      if (worker.jobs.size === 0) idle = true;
      else if (this.#isCrowded(worker)) crowded = true;
    }
    return idle && crowded;
  }
}
