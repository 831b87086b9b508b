/** Waiting with a promise: what {@link block} does by blocking. */
import { PromisedWait } from "../../core/withdrawal/promised_wait.ts";
import { trace, traceTime } from "../../core/trace.ts";
import { granted, type Source } from "../../core/withdrawal/withdrawable.ts";
import { type AsyncPark, parkLater } from "./park_async.ts";
import type { Parked } from "./park.ts";
import { noteWait, type Step, type Waiting, WITHDRAWN } from "./waiting.ts";

/** Makes what the caller gets of what a wait came to. */
type Finish<W, T> = (value: W) => T | PromiseLike<T>;

/** One wait of this thread's event loop, which can be withdrawn. */
class AsyncWait<W, T> extends PromisedWait<T> {
  readonly #waiting: Waiting<W>;
  readonly #finish: Finish<W, T> | null;
  #park: AsyncPark | null = null;
  #step: Step | null = null;
  #start = 0;

  constructor(waiting: Waiting<W>, source: Source<T> | null, finish: Finish<W, T> | null) {
    super(source);
    this.#waiting = waiting;
    this.#finish = finish;
  }

  /** Goes on from the first step. */
  start(first: IteratorResult<Step, W>): Promise<T> {
    this.begin();
    this.#follow(first);
    return this.promise;
  }

  /** A wait that must not be left, as for a condition's lock, ends first; the next step is not waited for. */
  protected override leave(): void {
    if (this.#step?.unstoppable !== true) this.#park?.leave("withdrawn");
  }

  /** Goes on until the next park, or to the end. */
  #follow(next: IteratorResult<Step, W>): void {
    try {
      while (next.done !== true) {
        const how = this.#sleep(next.value);
        if (how === null) return;
        next = this.#waiting.next(how);
      }
    } catch (error) {
      if (error === WITHDRAWN) this.withdrawn();
      else this.fail(error);
      return;
    }
    this.#complete(next.value);
  }

  /** Begins to park; returns how that ended if it has ended already. */
  #sleep(step: Step): Parked | null {
    if (this.leaving && step.unstoppable !== true) return "withdrawn";
    this.#step = step;
    this.#start = trace.active ? traceTime() : 0;
    const park = parkLater(step.at, step.expected, step, this.#wake);
    if (typeof park === "string") return park;
    if (!park.ended) this.#park = park;
    return null;
  }

  readonly #wake = (how: Parked): void => {
    this.#park = null;
    if (trace.active) noteWait(this.#step!, this.#start);
    let next: IteratorResult<Step, W>;
    try {
      next = this.#waiting.next(how);
    } catch (error) {
      if (error === WITHDRAWN) this.withdrawn();
      else this.fail(error);
      return;
    }
    this.#follow(next);
  };

  #complete(value: W): void {
    if (this.#finish === null) return this.grant(value as unknown as T);
    let made: T | PromiseLike<T>;
    try {
      made = this.#finish(value);
    } catch (error) {
      return this.fail(error);
    }
    if (!(made instanceof Promise)) return this.grant(made as T);
    made.then((value) => this.grant(value), (error) => this.fail(error));
  }
}

/**
 * Waits with a promise.
 *
 * @param source where a grant goes back to that nobody uses; by default a guard is disposed.
 */
export function runAsync<T>(waiting: Waiting<T>, source?: Source<T> | null): Promise<T>;
/** The same, where the caller gets what `finish` makes of it. */
export function runAsync<W, T>(
  waiting: Waiting<W>,
  source: Source<T> | null,
  finish: Finish<W, T>,
): Promise<T>;
export function runAsync<W, T>(
  waiting: Waiting<W>,
  source: Source<T> | null = null,
  finish: Finish<W, T> | null = null,
): Promise<T> {
  let first: IteratorResult<Step, W>;
  try {
    first = waiting.next();
  } catch (error) {
    return Promise.reject(error);
  }
  if (first.done === true && finish === null) return granted(first.value as unknown as T, source);
  return new AsyncWait(waiting, source, finish).start(first);
}
