import { checkDelay, checkObject, checkOptionNames, show } from "./check.ts";
import { now } from "./clock.ts";

/** How long to wait at most, and what else ends the wait. */
export interface WaitOptions {
  /**
   * The longest wait in milliseconds; without it, or `Infinity`: no bound. Not like Python: below 0 means at once, as 0
   * does, in every wait; Python's `queue` and `time.sleep` refuse it, and for its locks -1 is no bound.
   */
  timeout?: number;
  /** Ends the wait: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A wait that cannot run out of time, so that it never returns `null`. */
export interface UntimedWait extends WaitOptions {
  /** Not given. */
  timeout?: undefined;
}

/** The one meaning of a timeout: a moment after which waiting ends, or never. */
export class Deadline {
  /** The deadline that never comes. */
  static readonly NEVER: Deadline = new Deadline(Infinity);

  /** The moment, on the clock of `now()`. */
  readonly at: number;

  private constructor(at: number) {
    this.at = at;
  }

  /**
   * The moment `timeout` milliseconds from now; below 0 it has passed already.
   *
   * @throws {TypeError} if it is no number.
   * @throws {RangeError} if it is `NaN`.
   */
  static after(timeout: number | undefined, name = "timeout"): Deadline {
    if (timeout === undefined) return Deadline.NEVER;
    checkDelay(timeout, name);
    return timeout === Infinity ? Deadline.NEVER : new Deadline(now() + Math.max(0, timeout));
  }

  /** The milliseconds left; 0 when it has passed. */
  remaining(): number {
    return this.at === Infinity ? Infinity : Math.max(0, this.at - now());
  }

  /** Whether it has passed. */
  get passed(): boolean {
    return this.at !== Infinity && now() >= this.at;
  }
}

/**
 * Refuses what cannot be the options of a wait, before anything has changed. The one check of every wait.
 *
 * - Options are an object: a bare number is a mistake for `{ timeout }`, and would wait forever, as would `{ timeOut }`.
 * - A timeout is a number of milliseconds. Below 0 it means at once, as 0 does; `Infinity` is no bound.
 * - A signal is an `AbortSignal`.
 *
 * @param call what the options are given to, as the error names it: `"Lock.acquire()"`.
 * @throws {TypeError | RangeError} with the argument, its value and the way out.
 */
export function checkWaitOptions(options: WaitOptions | undefined, call = "a wait"): void {
  if (options === undefined) return;
  checkObject(options, call, "timeout: 1000");
  const { timeout, signal } = options;
  checkOptionNames(options, call);
  if (timeout !== undefined) checkDelay(timeout, "timeout");
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(
      `Cannot use signal ${show(signal)} for ${call}: give an AbortSignal, as controller.signal`,
    );
  }
}
