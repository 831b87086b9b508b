import { type ClockTimer, realClock } from "../../core/clock.ts";
import { Deque } from "../../core/collections/deque.ts";
import { ShutDownError, StoppedError } from "../../core/errors.ts";
import { ReaderLine } from "../../core/mapping/reader_line.ts";
import type { Job } from "./job.ts";

/** How long a reader may take nothing of what is there while the executor shuts down, in milliseconds of real time. */
const READER_GRACE = 500;

/**
 * How often in a row a reader is found to take nothing before it counts as gone: where this thread stood still, the first
 * look comes before what the reader waits for.
 */
const LOOKS = 2;

/** The streams of a pool whose generators have not ended. */
export class ItemStreams {
  readonly #open = new Set<ItemStream<unknown>>();

  /** The items of the generator that the job runs; `begin` submits it. For `want` see {@link ItemStream}. */
  open(
    begin: (onItems: (items: unknown[]) => void) => Job,
    want: ((job: Job) => void) | null = null,
  ): ItemStream<unknown> {
    const stream = new ItemStream<unknown>(begin, want);
    this.#open.add(stream);
    stream.job.future.addDoneCallback(() => this.#open.delete(stream));
    return stream;
  }

  /** The pool shuts down: from now on readers that take nothing for a while have walked away. */
  expectReaders(): void {
    for (const stream of this.#open) stream.expectReader();
  }
}

/**
 * The items of a generator that a job runs, as they arrive.
 *
 * Several `next()` at once get their items in the order in which they asked; `return()` ends them all.
 */
export class ItemStream<Y> implements AsyncIterableIterator<Y> {
  readonly #items = new Deque<Y>();
  readonly #readers = new ReaderLine<Y, unknown>();
  /** What runs the generator. */
  readonly job: Job;
  readonly #want: ((job: Job) => void) | null;
  /** Nothing more is given. */
  #left = false;
  /** How many items were read; and at the last look at the reader. */
  #read = 0;
  #readBefore = 0;
  /** How often in a row it had taken nothing. */
  #idleLooks = 0;
  #watch: ClockTimer | null = null;
  /** Why the generator was ended when nobody took its items. */
  #abandoned: Error | null = null;

  /**
   * @param begin submits the job.
   * @param want is told of each reader that waits, where the generator makes an item only then; `null`: it works ahead.
   */
  constructor(
    begin: (onItems: (items: unknown[]) => void) => Job,
    want: ((job: Job) => void) | null = null,
  ) {
    this.#want = want;
    this.job = begin((items) => this.#arrive(items));
    this.job.future.addDoneCallback(() => {
      this.#watch?.cancel();
      if (this.#readers.size > 0 && !this.#left) this.#tellEnd();
    });
  }

  #arrive(items: unknown[]): void {
    if (this.#left) return;
    let given = 0;
    for (const item of items as Y[]) {
      if (this.#readers.give(item)) given++;
      else this.#items.push(item);
    }
    if (given > 0) this.#took(given);
  }

  /** The next item; what the generator returned is the value of the last result. */
  next(): Promise<IteratorResult<Y>> {
    if (this.#left) return Promise.resolve({ done: true, value: undefined });
    if (this.#items.size > 0) {
      const value = this.#items.shift() as Y;
      this.#took(1);
      return Promise.resolve({ done: false, value });
    }
    const { promise } = this.#readers.wait();
    if (this.job.future.done()) this.#tellEnd();
    else this.#want?.(this.job);
    return promise;
  }

  /** Wants no more items; ends when the generator's `finally` has run. */
  async return(value?: unknown): Promise<IteratorResult<Y>> {
    if (!this.#left) {
      this.#left = true;
      this.#items.clear();
      this.#readers.end(undefined);
      const { job } = this;
      if (!job.future.cancel("no items are wanted")) job.worker?.finish?.(job);
      if (!job.future.cancelled()) await endOf(job);
    }
    return { done: true, value };
  }

  /** The executor shuts down: from now on a reader that takes nothing for a while has walked away. */
  expectReader(): void {
    if (this.#watch !== null || this.job.future.done()) return;
    this.#readBefore = this.#read;
    this.#watch = realClock.setTimer(() => {
      this.#watch = null;
      if (this.job.future.done()) return;
      const isIdle = this.#hasForReader && this.#read === this.#readBefore;
      this.#idleLooks = isIdle ? this.#idleLooks + 1 : 0;
      if (this.#idleLooks < LOOKS) return this.expectReader();
      this.#abandoned = new ShutDownError(
        `Cannot give more items: the executor was shut down, and nobody took any for ${READER_GRACE} ms`,
      );
      if (this.job.future.cancel(this.#abandoned.message)) return;
      this.job.worker?.interrupt(this.job, this.#abandoned, false);
    }, READER_GRACE / LOOKS);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For `await using`: as `return`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Whether a reader would be given something: what is there, or what is made when it asks. */
  get #hasForReader(): boolean {
    if (this.#want === null) return this.#items.size > 0;
    return this.#readers.size === 0 && this.job.future.running();
  }

  #took(count: number): void {
    this.#read += count;
    this.job.worker?.taken?.(this.job, count);
  }

  /** The first reader is told how it ended, the others that it did. */
  #tellEnd(): void {
    this.#left = true;
    try {
      const value = this.job.future.result();
      if (this.#abandoned !== null) throw this.#abandoned;
      this.#readers.end(value);
    } catch (error) {
      this.#readers.fail(this.#abandoned ?? error);
      this.#readers.end(undefined);
    }
  }
}

/** Ends when a job that was asked to end has. What its `finally` throws is the asker's to know; that it was stopped is not. */
async function endOf(job: Job): Promise<void> {
  try {
    await job.future;
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}
