import { type ClockTimer, realClock } from "../core/clock.ts";
import { Deque } from "../core/collections/deque.ts";
import { ShutDownError } from "../core/errors.ts";
import type { Future } from "../core/future.ts";
import { ReaderLine } from "../core/mapping/reader_line.ts";

/** How long a reader may take nothing of what is there while the executor shuts down, in milliseconds of real time. */
const READER_GRACE = 500;

/** How a stream talks to the generator. */
export interface StreamSource {
  /** The reader took so many items. */
  taken(count: number): void;
  /** The reader wants no more. */
  finish(): void;
  /** The reader has walked away: the generator must end soon. */
  abandon(reason: Error): void;
}

/**
 * The items of a generator that runs elsewhere, as they arrive.
 *
 * Several `next()` at once get their items in the order in which they asked; `return()` ends them all.
 */
export class ItemStream<Y> implements AsyncIterableIterator<Y> {
  readonly #items = new Deque<Y>();
  readonly #readers = new ReaderLine<Y, unknown>();
  readonly #source: StreamSource;
  #end: Future<unknown> | null = null;
  /** Nothing more is given. */
  #left = false;
  /** How many items were read; and at the last look at the reader. */
  #read = 0;
  #readBefore = 0;
  #watch: ClockTimer | null = null;
  /** Why the generator was ended when nobody took its items. */
  #abandoned: Error | null = null;

  constructor(source: StreamSource) {
    this.#source = source;
  }

  /** Items have arrived. */
  readonly onItems = (items: unknown[]): void => {
    if (this.#left) return;
    let given = 0;
    for (const item of items as Y[]) {
      if (this.#readers.give(item)) given++;
      else this.#items.push(item);
    }
    if (given > 0) this.#took(given);
  };

  /** Ends with the job. */
  endsWith(end: Future<unknown>): void {
    this.#end = end;
    end.addDoneCallback(() => {
      this.#watch?.cancel();
      if (this.#readers.size > 0 && !this.#left) this.#tellEnd();
    });
  }

  /** Whether its job is still there. */
  get isOpen(): boolean {
    return this.#end !== null && !this.#end.done();
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
    if (this.#end?.done()) this.#tellEnd();
    return promise;
  }

  /** Wants no more items; ends when the generator's `finally` has run. */
  async return(value?: unknown): Promise<IteratorResult<Y>> {
    if (!this.#left) {
      this.#left = true;
      this.#items.clear();
      this.#readers.end(undefined);
      this.#source.finish();
      if (!this.#end?.cancelled()) await this.#end; // a failing `finally` is the reader's to know
    }
    return { done: true, value };
  }

  /** The executor shuts down: from now on a reader that takes nothing for a while has walked away. */
  expectReader(): void {
    if (this.#watch !== null || !this.isOpen) return;
    this.#readBefore = this.#read;
    this.#watch = realClock.setTimer(() => {
      this.#watch = null;
      if (!this.isOpen) return;
      const isIdle = this.#items.size > 0 && this.#read === this.#readBefore;
      if (!isIdle) return this.expectReader();
      this.#abandoned = new ShutDownError(
        `Cannot give more items: the executor was shut down, and nobody took any for ${READER_GRACE} ms`,
      );
      this.#source.abandon(this.#abandoned);
    }, READER_GRACE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For `await using`: as `return`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #took(count: number): void {
    this.#read += count;
    this.#source.taken(count);
  }

  /** The first reader is told how it ended, the others that it did. */
  #tellEnd(): void {
    this.#left = true;
    try {
      const value = this.#end!.result();
      if (this.#abandoned !== null) throw this.#abandoned;
      this.#readers.end(value);
    } catch (error) {
      this.#readers.fail(this.#abandoned ?? error);
      this.#readers.end(undefined);
    }
  }
}
