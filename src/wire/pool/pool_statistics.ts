import { realClock } from "../../core/clock.ts";
import { TimeHistogram, type TimeHistogramSummary } from "./time_histogram.ts";

/** What a pool tells of itself. */
export interface PoolStatistics {
  /** Workers that are alive. */
  readonly workers: number;
  /** Workers that have nothing to do. */
  readonly idle: number;
  /** Jobs that wait for a worker. */
  readonly queued: number;
  /** Whether waiting jobs are held back by `pause()`. */
  readonly paused: boolean;
  /** Jobs that a worker has. */
  readonly running: number;
  /** Jobs that ended, however. */
  readonly completed: number;
  /** Workers that were lost. */
  readonly lost: number;
  /** Threads that were ended and did not stop. */
  readonly zombies: number;
  /** The share of the workers' lives in which they had jobs, 0 to 1. */
  readonly utilization: number;
  /** How long jobs ran, in milliseconds. */
  readonly run: TimeHistogramSummary;
  /** How long jobs waited for a worker, in milliseconds. */
  readonly wait: TimeHistogramSummary;
}

/** What a pool counts. */
export class PoolCounts {
  readonly run: TimeHistogram = new TimeHistogram();
  readonly wait: TimeHistogram = new TimeHistogram();
  completed = 0;
  lost = 0;
  #alive = 0;
  #busy = 0;
  #aliveMs = 0;
  #busyMs = 0;
  #countedAt = realClock.now();

  /** Workers that live. */
  get alive(): number {
    return this.#alive;
  }

  set alive(count: number) {
    this.#passTime();
    this.#alive = count;
  }

  /** Workers that have jobs. */
  get busy(): number {
    return this.#busy;
  }

  set busy(count: number) {
    this.#passTime();
    this.#busy = count;
  }

  /** The share of the workers' lives in which they had jobs. */
  get utilization(): number {
    this.#passTime();
    return this.#aliveMs === 0 ? 0 : this.#busyMs / this.#aliveMs;
  }

  /** Adds the time since the last change to what the workers lived and worked. */
  #passTime(): void {
    const at = realClock.now();
    const passed = at - this.#countedAt;
    this.#countedAt = at;
    this.#aliveMs += passed * this.#alive;
    this.#busyMs += passed * this.#busy;
  }
}
