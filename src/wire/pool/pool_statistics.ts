import { realClock } from "../../core/clock.ts";

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

/** What is known of how long things take. */
export interface TimeHistogramSummary {
  /** How many were measured. */
  readonly count: number;
  /** The mean in milliseconds. */
  readonly mean: number;
  /** The longest in milliseconds. */
  readonly max: number;
  /** The bound, in milliseconds, below which half lie; rounded up to a bucket. */
  readonly p50: number;
  /** The bound below which 90 % lie. */
  readonly p90: number;
  /** The bound below which 99 % lie. */
  readonly p99: number;
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

  /** What was counted so far; `utilization` is the share of the workers' lives in which they had jobs. */
  summary(): Pick<PoolStatistics, "completed" | "lost" | "utilization" | "run" | "wait"> {
    this.#passTime();
    return {
      completed: this.completed,
      lost: this.lost,
      utilization: this.#aliveMs === 0 ? 0 : this.#busyMs / this.#aliveMs,
      run: this.run.summary(),
      wait: this.wait.summary(),
    };
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

/** The upper bound of the first bucket in milliseconds; each further one is twice as wide. */
const FIRST = 0.001;
const BUCKETS = 32;

/** Counts durations in buckets that double. */
export class TimeHistogram {
  readonly #buckets: number[] = new Array(BUCKETS).fill(0);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Counts one duration in milliseconds. */
  add(ms: number): void {
    this.#count++;
    this.#sum += ms;
    if (ms > this.#max) this.#max = ms;
    const bucket = ms <= FIRST ? 0 : Math.ceil(Math.log2(ms / FIRST));
    this.#buckets[Math.min(bucket, BUCKETS - 1)]!++;
  }

  /** What was counted so far. */
  summary(): TimeHistogramSummary {
    return Object.freeze({
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      max: this.#max,
      p50: this.#quantile(0.5),
      p90: this.#quantile(0.9),
      p99: this.#quantile(0.99),
    });
  }

  #quantile(share: number): number {
    let left = Math.ceil(this.#count * share);
    if (left === 0) return 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#buckets[bucket] as number;
      if (left <= 0) return Math.min(this.#max, FIRST * 2 ** bucket);
    }
    return this.#max;
  }
}
