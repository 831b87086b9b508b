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
 * - Options are an object: a bare number is a mistake for `{ timeout }`, and would wait forever.
 * - A timeout is a number of milliseconds. Below 0 it means at once, as 0 does; `Infinity` is no bound.
 * - A signal is an `AbortSignal`.
 *
 * @param call what the options are given to, as the error names it: `"Lock.acquire()"`.
 * @throws {TypeError | RangeError} with the argument, its value and the way out.
 */
export function checkWaitOptions(options: WaitOptions | undefined, call = "a wait"): void {
  if (options === undefined) return;
  checkOptions(options, call, "timeout: 1000");
  const { timeout, signal } = options;
  if (timeout !== undefined) checkDelay(timeout, "timeout");
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(
      `Cannot use signal ${show(signal)} for ${call}: give an AbortSignal, as controller.signal`,
    );
  }
}

/**
 * Refuses options that are no object.
 *
 * @param call what they are given to.
 * @param example what could stand in them.
 * @throws {TypeError}
 */
export function checkOptions(options: unknown, call: string, example: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  const meant = typeof options === "number" && example.startsWith("timeout")
    ? `timeout: ${options}`
    : example;
  throw new TypeError(
    `Cannot use ${show(options)} as the options of ${call}: give an object, as { ${meant} }`,
  );
}

/** Refuses what is no time to wait in milliseconds; below 0 means at once. */
export function checkDelay(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${show(value)}: give a number of milliseconds`);
  }
  if (Number.isNaN(value)) {
    throw new RangeError(`Cannot use ${name} NaN: give a number of milliseconds, 0 for at once`);
  }
}

/** Refuses what is not the length of a time in milliseconds, as an interval or a time of grace is. */
export function checkDuration(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${show(value)}: give a number of milliseconds`);
  }
  if (!(value >= 0)) {
    throw new RangeError(`Cannot use ${name} ${value}: give 0 or more milliseconds`);
  }
}

/** Refuses what is no bound on how many there may be: a whole number, 1 or more. */
export function checkCount(value: number, name: string): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name} ${show(value)}: give a number`);
  }
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`Cannot use ${name} ${value}: give a whole number, 1 or more`);
  }
}

/** A value as an error message shows it: short, and without calling any of the value's own code. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const text = JSON.stringify(value);
      return text.length > 80 ? `${text.slice(0, 79)}…` : text;
    }
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
    default:
      return String(value);
  }
}
