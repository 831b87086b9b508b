import { checkDelay, checkFunction } from "../../core/check.ts";
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { afterWait } from "../../core/withdrawal/withdrawable.ts";
import { Event } from "../sync/event.ts";
import { excepthook } from "./excepthook.ts";
import { currentThread } from "./registry.ts";

/**
 * Calls a function after some time, unless it is cancelled before.
 *
 * - The function runs on the thread that started the timer, in its event loop.
 * - `cancel()` after it ran does nothing. `finished` is set by either; `join()` waits for that.
 * - An error that it throws, or a promise of its that rejects, goes to `excepthook`, with the thread that started
 *   the timer; the program goes on.
 *
 * Source: Python's `threading.Timer`. Not like Python: no thread of its own, since a function that closes
 * over variables cannot run on another one; while this thread blocks, the timer waits. Milliseconds, and below 0
 * means at once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Timer } from "@quartet/concurrency/threading";
 *
 * const seen: string[] = [];
 * const timer = new Timer(5, (word: string) => seen.push(word), ["now"]);
 * timer.start();
 * await timer.join();
 * assertEquals(seen, ["now"]);
 * ```
 */
export class Timer<A extends readonly unknown[] = unknown[]> {
  /** Set when the function has run or was cancelled. */
  readonly finished: Event = new Event();
  /** How long it waits, in milliseconds. */
  readonly interval: number;
  readonly #fn: (...args: A) => unknown;
  readonly #args: A;
  #timer: ClockTimer | null = null;
  #started = false;

  /**
   * A timer that has not started.
   *
   * @param interval milliseconds.
   * @throws {RangeError} if the interval is `NaN`; below 0 it calls at once.
   * @throws {TypeError} if `fn` is no function.
   */
  constructor(interval: number, fn: (...args: A) => unknown, args?: A) {
    checkDelay(interval, "interval");
    checkFunction(fn, "fn");
    this.interval = interval;
    this.#fn = fn;
    this.#args = args ?? [] as unknown as A;
  }

  /**
   * Begins to wait.
   *
   * @throws {InvalidStateError} the second time.
   */
  start(): this {
    if (this.#started) {
      throw new InvalidStateError("Cannot start the timer again: timers can only be started once");
    }
    this.#started = true;
    if (!this.finished.isSet()) this.#timer = setTimer(() => this.#run(), this.interval);
    return this;
  }

  /** Takes the call back; when it has been made, nothing happens. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.finished.set();
  }

  /** Whether it was started and neither ran nor was cancelled. */
  get isAlive(): boolean {
    return this.#started && !this.finished.isSet();
  }

  /**
   * Waits with a promise until it ran or was cancelled.
   *
   * @throws {InvalidStateError} if it was not started.
   */
  join(options?: WaitOptions): Promise<void> {
    try {
      checkWaitOptions(options, "Timer.join()");
      if (!this.#started) {
        throw new InvalidStateError(
          "Cannot join the timer: it was not started; call start() first",
        );
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return afterWait(this.finished.wait(options), () => {});
  }

  async #run(): Promise<void> {
    this.#timer = null;
    try {
      await this.#fn(...this.#args);
    } catch (error) {
      excepthook({ error, thread: currentThread() });
    } finally {
      this.finished.set();
    }
  }
}
