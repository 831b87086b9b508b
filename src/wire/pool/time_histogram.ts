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
