/**
 * Runs a function over inputs side by side and gives the results as they are ready: the one map of all
 * executors and pools.
 *
 *     inputs ─▶ chunk ─▶ at most `lookAhead` jobs that were not read ─▶ readers, in order or as they are done
 *
 * - What is ready waits for nothing: neither for the next input nor for a chunk to be full.
 * - Readers are served in the order in which they asked; one that times out leaves the line empty-handed.
 * - A failing input is told after the results of those before it.
 * - Nothing but its jobs and its readers keeps it alive: it can be walked away from.
 */
import { offAbort, onAbort } from "../abort.ts";
import { realClock, setSoon, setTimer } from "../clock.ts";
import { checkDelay } from "../check.ts";
import { Deadline } from "../deadline.ts";
import { Deque } from "../collections/deque.ts";
import { TimeoutError } from "../errors.ts";
import { type ChunkOutcomes, OutcomeReader } from "./chunk.ts";
import { END, LateRow } from "./input_reader.ts";
import { MapJob, type MapPlan } from "./map_job.ts";
import { type Reader, ReaderLine } from "./reader_line.ts";
import { noteUnretrieved } from "../unretrieved.ts";

/** Jobs of which half a look-ahead is read within so many milliseconds are short: more may be ahead. */
const MOMENT = 2;

/** How far the look-ahead grows for short jobs. */
const FARTHEST = 1_024;

/** See the head of this file. */
export class ParallelMap<T> implements AsyncIterableIterator<T, undefined>, AsyncDisposable {
  readonly #plan: MapPlan;
  readonly #deadline: Deadline;
  readonly #readers = new ReaderLine<T>();
  /** What is read next, by the order asked for: those that were begun, or those that are done. */
  readonly #line = new Deque<MapJob>();
  /** All that were begun and not read. */
  readonly #jobs = new Set<MapJob>();
  /** The outcomes of the chunk that is being read. */
  readonly #outcomes = new OutcomeReader();
  /** The chunk that is being filled. */
  #rows: unknown[] = [];
  #unfinished = 0;
  /** The next input was asked for and is not there. */
  #inputIsLate = false;
  #looksSoon = false;
  #exhausted = false;
  /** What ended the inputs before their time. */
  #inputFailure: { readonly error: unknown } | null = null;
  #isUnbounded = false;
  /** How many jobs there may be that were not read; and when there was room for the last of them. */
  #ahead: number;
  #roomAt = realClock.now();
  #wakeFeeder: (() => void) | null = null;
  /** Set once it gives nothing more: ends when the inputs have cleaned up. */
  #closing: Promise<void> | null = null;
  /** What the next reader is told, when it ended while nobody waited. */
  #lastFailure: { readonly error: unknown } | null = null;
  #cancelTimer: (() => void) | null = null;
  #watchesSignal = false;
  readonly #onAbort = (): void => this.#fail(this.#plan.signal!.reason);

  /** Begins: the first inputs are taken and sent in this call. */
  constructor(plan: MapPlan) {
    this.#plan = plan;
    this.#ahead = plan.lookAhead;
    this.#deadline = Deadline.after(plan.timeout);
    if (plan.signal?.aborted) this.#onAbort();
    else this.#feed();
  }

  /** The next result. */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.read();
  }

  /**
   * The next result.
   *
   * @param timeout how long to wait for it, in milliseconds; the result then goes to the next that asks.
   * @param leaving ends the wait with its reason, as the timeout does.
   * @throws {TimeoutError} when that passes first.
   */
  read(timeout?: number, leaving?: AbortSignal): Promise<IteratorResult<T, undefined>> {
    if (timeout !== undefined) checkDelay(timeout, "timeout");
    const { signal } = this.#plan;
    if (this.#closing === null && signal?.aborted) this.#onAbort();
    if (this.#closing !== null) return this.#afterEnd();
    const ready = this.tryRead();
    if (ready !== null) return Promise.resolve(ready);
    if (this.#readers.size === 0 && this.#canReadNow) return this.#readNow(this.#line.shift()!);
    const reader = this.#readers.wait();
    this.#serve();
    if (reader.list !== null) {
      this.#feedAgain();
      this.#bound(reader, timeout);
    }
    if (reader.list !== null && leaving !== undefined) this.#leaveBy(reader, leaving);
    return reader.promise;
  }

  /** The next result of the chunk that is being read, which needs no wait; `null` where that is not what comes next. */
  tryRead(): IteratorResult<T, undefined> | null {
    const outcomes = this.#outcomes;
    if (outcomes.size === 0 || outcomes.isFailed || this.#readers.size > 0) return null;
    if (this.#plan.signal?.aborted) return null;
    return { done: false, value: outcomes.next() as T };
  }

  /** Whether the next result is that of one job, which has ended. */
  get #canReadNow(): boolean {
    return this.#outcomes.size === 0 && this.#plan.chunkSize === 1 &&
      this.#line.peek()?.done === true;
  }

  #readNow(job: MapJob): Promise<IteratorResult<T, undefined>> {
    this.#forget(job);
    try {
      return Promise.resolve({ done: false, value: job.result() as T });
    } catch (error) {
      const { promise } = this.#readers.wait();
      this.#tellFailure(error);
      return promise;
    }
  }

  /** Takes back a result that was read and is not used; it comes next again. */
  putBack(value: T): void {
    if (this.#closing !== null) return;
    this.#outcomes.putBack(value);
    this.#serve();
  }

  /** Gives nothing more: what has not begun is withdrawn, and the inputs are asked to clean up. */
  async return(): Promise<IteratorResult<T, undefined>> {
    const isFirst = this.#closing === null;
    this.#end();
    this.#lastFailure = null;
    if (isFirst) await this.#closing;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For `await using`: as `return`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** From now on takes inputs as fast as they are worked on, however slow the readers are. */
  takeAll(): void {
    this.#isUnbounded = true;
    this.#wake();
  }

  /** Takes inputs while there is room; being one asynchronous function, always in the caller's context. */
  async #feed(): Promise<void> {
    const { inputs, chunkSize, runner } = this.#plan;
    try {
      while (!this.#exhausted) {
        if (!this.#hasRoom) {
          await new Promise<void>((resolve) => this.#wakeFeeder = resolve);
          continue;
        }
        if (chunkSize > 1) inputs.takeReady(this.#rows, chunkSize - 1);
        let row = inputs.take();
        if (row instanceof LateRow) {
          this.#inputIsLate = true;
          this.#lookSoon();
          row = await row.promise;
          this.#inputIsLate = false;
        }
        if (row === END || this.#exhausted || this.#plan.signal?.aborted) break;
        this.#rows.push(row);
        if (this.#rows.length < chunkSize) continue;
        for (let room = runner.room?.(); room; room = runner.room?.()) await room;
        if (this.#rows.length > 0) this.#send(); // else it was sent meanwhile, or all is over
      }
    } catch (error) {
      this.#inputIsLate = false;
      this.#inputFailure = { error };
    }
    if (this.#rows.length > 0 && this.#closing === null) this.#send();
    this.#exhaust();
    this.#serve();
  }

  get #hasRoom(): boolean {
    const ahead = this.#ahead;
    return this.#jobs.size < ahead || (this.#isUnbounded && this.#unfinished < ahead);
  }

  /**
   * Takes inputs again: once half of the look-ahead was read, so that many go in one message; at once when a reader
   * waits and a worker has nothing to do.
   */
  #feedAgain(): void {
    if (this.#wakeFeeder === null || !this.#hasRoom) return;
    const isHalfRead = 2 * this.#jobs.size <= this.#ahead;
    if (!isHalfRead && !this.#isUnbounded && !(this.#readers.size > 0 && this.#isIdle)) return;
    if (isHalfRead && this.#plan.looksFarther) {
      const at = realClock.now();
      if (at - this.#roomAt < MOMENT) this.#ahead = Math.min(FARTHEST, this.#ahead * 2);
      this.#roomAt = at;
    }
    this.#wake();
  }

  #wake(): void {
    const wake = this.#wakeFeeder;
    this.#wakeFeeder = null;
    wake?.();
  }

  #exhaust(): void {
    if (this.#exhausted) return;
    this.#exhausted = true;
    this.#wake();
    this.#plan.onExhausted?.();
  }

  /** Has a reader leave when the signal aborts. */
  #leaveBy(reader: Reader<T, undefined>, signal: AbortSignal): void {
    const left = (): void => {
      if (!this.#readers.leave(reader)) return;
      reader.reject(signal.reason);
      if (this.#readers.size === 0) this.#unbound();
    };
    onAbort(signal, left);
    const stop = (): void => offAbort(signal, left);
    reader.promise.then(stop, stop);
  }

  /** Begins a job with the rows that were gathered. */
  #send(): void {
    const rows = this.#rows;
    this.#rows = [];
    let job: MapJob;
    try {
      const { runner, inputs, chunkSize } = this.#plan;
      job = new MapJob(runner, [rows, inputs.isFlat], chunkSize > 1, this.#onEnd);
    } catch (error) {
      return this.#refused(error);
    }
    this.#jobs.add(job);
    if (this.#plan.ordered) this.#line.push(job);
    this.#unfinished++;
    job.watch();
  }

  /** No job was taken, and no other input would fare better: it ends the inputs, as a failing input does. */
  #refused(error: unknown): void {
    this.#inputFailure ??= { error };
    this.#exhaust();
  }

  readonly #onEnd = (job: MapJob): void => {
    this.#unfinished--;
    if (this.#closing !== null) return;
    if (!this.#plan.ordered) this.#line.push(job);
    this.#serve();
    if (this.#inputIsLate) this.#lookSoon();
    this.#feedAgain();
  };

  /** An unfinished chunk is sent if the input is still late in the next turn and a worker has nothing to do. */
  #lookSoon(): void {
    if (this.#looksSoon || this.#rows.length === 0 || !this.#isIdle) return;
    this.#looksSoon = true;
    setSoon(() => {
      this.#looksSoon = false;
      if (!this.#inputIsLate || this.#rows.length === 0 || !this.#isIdle) return;
      if (this.#closing === null) this.#send();
    });
  }

  get #isIdle(): boolean {
    return this.#unfinished < this.#plan.parallelism;
  }

  /** Gives the readers what is there. */
  #serve(): void {
    while (this.#readers.size > 0) {
      if (this.#outcomes.size > 0) {
        if (this.#outcomes.isFailed) this.#tellFailure(this.#outcomes.next());
        else this.#readers.give(this.#outcomes.next() as T);
      } else if (this.#line.peek()?.done) {
        this.#open(this.#line.shift()!);
      } else {
        if (this.#exhausted && this.#jobs.size === 0) this.#tellEnd();
        break;
      }
    }
    if (this.#readers.size === 0) this.#unbound();
  }

  /** A job is read. */
  #forget(job: MapJob): void {
    this.#jobs.delete(job);
    this.#feedAgain();
  }

  /** Reads the result of a job, or the outcomes of a chunk. */
  #open(job: MapJob): void {
    this.#forget(job);
    let result: unknown;
    try {
      result = this.#plan.chunkSize === 1 ? job.result() : job.outcomes();
    } catch (error) {
      return this.#tellFailure(error);
    }
    if (this.#plan.chunkSize === 1) this.#readers.give(result as T);
    else {
      this.#outcomes.open(result as ChunkOutcomes);
    }
  }

  /** A failure is one result among others, or the end. */
  #tellFailure(error: unknown): void {
    if (this.#plan.goesOn) this.#readers.fail(error);
    else this.#fail(error);
  }

  /** Everything was read: tells what ended the inputs, if anything did. */
  #tellEnd(): void {
    if (this.#inputFailure !== null) this.#fail(this.#inputFailure.error);
    else this.#endAfterClosing();
  }

  /** Ends with a failure, which one reader is told after the inputs have cleaned up. */
  #fail(error: unknown): void {
    const readers = this.#readers.clear();
    this.#end();
    const [first, ...rest] = readers;
    if (first === undefined) this.#lastFailure = { error };
    this.#closing!.catch((second) =>
      noteUnretrieved({}, second, "an input of a map failed at its end")
    )
      .then(() => {
        first?.reject(error);
        for (const reader of rest) reader.resolve({ done: true, value: undefined });
      });
  }

  /** Ends because there is no more; a clean-up that fails is told. */
  #endAfterClosing(): void {
    const [first, ...rest] = this.#readers.clear();
    this.#end();
    this.#closing!.then(
      () => first?.resolve({ done: true, value: undefined }),
      (error) => first?.reject(error),
    ).then(() => {
      for (const reader of rest) reader.resolve({ done: true, value: undefined });
    });
  }

  /** Withdraws what has not begun, looks away from the rest, and lets go of everything. */
  #end(): void {
    if (this.#closing !== null) return;
    this.#closing = this.#plan.inputs.close();
    this.#closing.catch(() => null); // its waiters are told
    this.#unbound();
    this.#readers.end(undefined);
    for (const job of this.#jobs) job.abandon();
    this.#jobs.clear();
    this.#line.clear();
    this.#outcomes.clear();
    this.#rows = [];
    this.#exhaust();
  }

  #afterEnd(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#lastFailure;
    this.#lastFailure = null;
    if (failure !== null) return Promise.reject(failure.error);
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Bounds a wait; with nobody waiting there is neither a timer nor a listener. */
  #bound(reader: Reader<T>, timeout: number | undefined): void {
    if (timeout !== undefined && timeout !== Infinity) {
      this.#readers.bound(reader, timeout, () => {
        if (this.#readers.size === 0) this.#unbound();
      });
    }
    const { signal } = this.#plan;
    if (signal !== undefined && !this.#watchesSignal) {
      this.#watchesSignal = true;
      onAbort(signal, this.#onAbort);
    }
    if (this.#deadline === Deadline.NEVER || this.#cancelTimer !== null) return;
    const timer = setTimer(
      () => this.#fail(new TimeoutError(`The results took longer than ${this.#plan.timeout} ms`)),
      this.#deadline.remaining(),
    );
    this.#cancelTimer = () => timer.cancel();
  }

  #unbound(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (!this.#watchesSignal) return;
    this.#watchesSignal = false;
    offAbort(this.#plan.signal, this.#onAbort);
  }
}
