import { now } from "./clock.ts";

/** How long to wait at the most, and what else ends the wait. */
export interface WaitOptions {
  /** The longest wait in milliseconds; without it, or `Infinity`: no bound. */
  timeout?: number;
  /** Ends the wait: it rejects with the signal's reason. */
  signal?: AbortSignal;
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
   * The moment `timeout` milliseconds from now.
   *
   * @throws {TypeError} if it is no number.
   * @throws {RangeError} if it is negative or `NaN`.
   */
  static after(timeout: number | undefined, name = "timeout"): Deadline {
    if (timeout === undefined) return Deadline.NEVER;
    checkDuration(timeout, name);
    return timeout === Infinity ? Deadline.NEVER : new Deadline(now() + timeout);
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

/** Refuses what is not a duration in milliseconds. */
export function checkDuration(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${String(value)}: give a number of milliseconds`);
  }
  if (!(value >= 0)) {
    throw new RangeError(`Cannot use ${name} ${value}: give 0 or more milliseconds`);
  }
}
