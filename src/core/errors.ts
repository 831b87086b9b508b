/**
 * Every error class that a caller may want to branch on.
 *
 * Wrong arguments are not here: they are `TypeError` (wrong shape) or `RangeError` (wrong size), with
 * a message that names the argument, the value and the way out. Several failures at once are an
 * {@link ExceptionGroup} or an `AggregateError`.
 *
 * The names stand on the prototypes, as those of the built-in classes do: they are no fields of each error.
 *
 * @module
 */
import { show, toText } from "./check.ts";

/**
 * The waiting or the work was cancelled.
 *
 * Python: `asyncio.CancelledError` and `concurrent.futures.CancelledError`, which are one class here.
 * Catch it only to clean up, then throw it on.
 */
export class CancelledError extends Error {
  static {
    this.prototype.name = "CancelledError";
  }

  /** Takes as its message what a caller has cancelled with, whatever it is. */
  constructor(message?: string, options?: ErrorOptions) {
    super(message === undefined ? message : toText(message), options);
  }
}

/** A bounded wait took longer than its bound. Python: the builtin `TimeoutError`. */
export class TimeoutError extends Error {
  static {
    this.prototype.name = "TimeoutError";
  }
}

/**
 * Everything waits and nothing can ever wake it: the platform's own loop has run empty.
 *
 * Under top-level await the platform ends the program itself, with "Top-level await promise never resolved".
 *
 * Python: gevent's `LoopExit`; asyncio and trio hang.
 */
export class DeadlockError extends Error {
  static {
    this.prototype.name = "DeadlockError";
  }
}

/** The other end of a connection or stream is closed and everything that it sent was read. */
export class EOFError extends Error {
  static {
    this.prototype.name = "EOFError";
  }
}

/**
 * The stream ended before everything that was asked for had come.
 *
 * Python: `asyncio.IncompleteReadError`.
 */
export class IncompleteReadError extends EOFError {
  static {
    this.prototype.name = "IncompleteReadError";
  }
  /** What did come. */
  readonly partial: Uint8Array<ArrayBuffer>;
  /** How many bytes were asked for; `null` when it was up to a separator. */
  readonly expected: number | null;

  /** Keeps what did come. */
  constructor(
    message: string,
    options: ErrorOptions & { partial: Uint8Array<ArrayBuffer>; expected: number | null },
  ) {
    super(message, options);
    this.partial = options.partial;
    this.expected = options.expected;
  }
}

/**
 * The separator was not found within the limit of the stream's buffer.
 *
 * Python: `asyncio.LimitOverrunError` from `readuntil`, `ValueError` from `readline`; so it is a `RangeError`.
 */
export class LimitOverrunError extends RangeError {
  static {
    this.prototype.name = "LimitOverrunError";
  }
  /** How many bytes there are to be taken before the limit can be kept. */
  readonly consumed: number;

  /** Notes how much is in the way. */
  constructor(message: string, options: ErrorOptions & { consumed: number }) {
    super(message, options);
    this.consumed = options.consumed;
  }
}

/** The operation does not fit the object's state: a result asked too early, a start asked twice. */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = "InvalidStateError";
  }
}

/** A lock was released, or a condition used, by one that does not hold it. Python: `RuntimeError`. */
export class NotOwnerError extends Error {
  static {
    this.prototype.name = "NotOwnerError";
  }
}

/** The barrier was aborted, reset, or one of its parties timed out. */
export class BrokenBarrierError extends Error {
  static {
    this.prototype.name = "BrokenBarrierError";
  }
}

/** Nothing came into the queue in time. Python: `queue.Empty`. */
export class EmptyError extends Error {
  static {
    this.prototype.name = "EmptyError";
  }
}

/** No place came free in the queue in time. Python: `queue.Full`. */
export class FullError extends Error {
  static {
    this.prototype.name = "FullError";
  }
}

/** The queue or channel was shut down. Python 3.13: `queue.ShutDown`. */
export class ShutDownError extends Error {
  static {
    this.prototype.name = "ShutDownError";
  }
}

/**
 * The worker that ran the job is lost: it crashed, was killed, closed itself or failed to load.
 *
 * Python: `BrokenExecutor`, but only the jobs of the lost worker fail with it; the pool heals.
 */
export class BrokenExecutorError extends Error {
  static {
    this.prototype.name = "BrokenExecutorError";
  }
}

/** This thread or job was asked to stop; parked calls and `checkpoint()` throw it. */
export class StoppedError extends Error {
  static {
    this.prototype.name = "StoppedError";
  }
}

/** A process ended before it gave its result. */
export class ProcessExitedError extends Error {
  static {
    this.prototype.name = "ProcessExitedError";
  }

  /** What the process exited with; minus the signal's number when a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it, for example `"SIGKILL"`. */
  readonly signal: string | null;

  /** Notes how the process ended. */
  constructor(
    message: string,
    options: ErrorOptions & { exitCode?: number | null; signal?: string | null } = {},
  ) {
    super(message, options);
    this.exitCode = options.exitCode ?? null;
    this.signal = options.signal ?? null;
  }
}

/** A value cannot cross to another thread or process. */
export class TransferError extends Error {
  static {
    this.prototype.name = "TransferError";
  }

  /** Where in the value it stands, for example `args[0].callback`; empty for the value itself. */
  readonly path: string;

  /** Notes where in the value it stands. */
  constructor(message: string, options: ErrorOptions & { path?: string } = {}) {
    super(message, options);
    this.path = options.path ?? "";
  }
}

/** The other side did not prove that it knows the key. */
export class AuthenticationError extends Error {
  static {
    this.prototype.name = "AuthenticationError";
  }
}

/** A worker on another machine does not run what it was asked to: its module is not among those that it allows. */
export class RefusedError extends Error {
  static {
    this.prototype.name = "RefusedError";
  }
}

/** An error from the far side whose class is not known here. Its own fields are copied onto this one. */
export class RemoteError extends Error {
  static {
    this.prototype.name = "RemoteError";
  }

  /** The class's name on the far side. */
  readonly remoteName: string;
  /** The stack on the far side. */
  readonly remoteStack: string;

  /** Notes what the error was on the far side. */
  constructor(
    message: string,
    options: ErrorOptions & { remoteName?: string; remoteStack?: string } = {},
  ) {
    super(message, options);
    this.remoteName = options.remoteName ?? "Error";
    this.remoteStack = options.remoteStack ?? "";
  }
}

/** Which errors are meant: those of a class, of one of several classes, or those that pass a test. */
export type ErrorCondition =
  | (abstract new (...args: never[]) => Error)
  | readonly (abstract new (...args: never[]) => Error)[]
  | ((error: Error) => boolean);

/**
 * Several failures that happened side by side, thrown as one.
 *
 * - It is an `AggregateError`: its `errors` are the `exceptions`, in the order in which they happened.
 * - Groups nest: a failing task group inside of another gives a group in a group.
 * - `split` and `subgroup` pick by class and keep the nesting; what `except*` does is
 *   `const [mine, rest] = group.split(MyError)`, then `if (rest) throw rest`.
 *
 * Source: PEP 654.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ExceptionGroup } from "@quartet/concurrency/asyncio";
 *
 * const group = new ExceptionGroup("two went wrong", [new TypeError("a"), new RangeError("b")]);
 * const [types, rest] = group.split(TypeError);
 * assertEquals(types?.exceptions.map((error) => error.message), ["a"]);
 * assertEquals(rest?.exceptions.map((error) => error.message), ["b"]);
 * ```
 */
export class ExceptionGroup extends AggregateError {
  static {
    this.prototype.name = "ExceptionGroup";
  }

  /**
   * Puts the failures together.
   *
   * @param message what went wrong, as a whole.
   * @param exceptions the failures; at least one.
   * @throws {RangeError} if there are none.
   * @throws {TypeError} if one of them is no error.
   */
  constructor(message: string, exceptions: Iterable<Error>, options?: ErrorOptions) {
    const all = [...exceptions];
    if (all.length === 0) {
      throw new RangeError(
        "Cannot make an ExceptionGroup: there are no exceptions; give at least one",
      );
    }
    const wrong = all.findIndex((each) => !(each instanceof Error));
    if (wrong >= 0) {
      throw new TypeError(
        `Cannot make an ExceptionGroup: exceptions[${wrong}] is ${show(all[wrong])}, not an Error`,
      );
    }
    super(all, message, options);
  }

  /** The failures, in the order in which they happened; the same as `errors`. */
  get exceptions(): readonly Error[] {
    return this.errors;
  }

  /** The part that fits, with its nesting; `null` when nothing does. */
  subgroup(condition: ErrorCondition): ExceptionGroup | null {
    return this.split(condition)[0];
  }

  /** The part that fits and the rest, each with its nesting, `null` when empty. */
  split(condition: ErrorCondition): [ExceptionGroup | null, ExceptionGroup | null] {
    const fits = testOf(condition);
    if (fits(this)) return [this, null];
    const matching: Error[] = [];
    const rest: Error[] = [];
    for (const error of this.exceptions) {
      if (error instanceof ExceptionGroup) {
        const [yes, no] = error.split(fits);
        if (yes !== null) matching.push(yes);
        if (no !== null) rest.push(no);
      } else (fits(error) ? matching : rest).push(error);
    }
    return [this.#part(matching), this.#part(rest)];
  }

  /** A group like this one of other exceptions; override it to keep fields of your own. */
  derive(exceptions: Iterable<Error>): ExceptionGroup {
    return new ExceptionGroup(this.message, exceptions);
  }

  #part(exceptions: Error[]): ExceptionGroup | null {
    if (exceptions.length === 0) return null;
    const part = this.derive(exceptions);
    part.stack = this.stack;
    part.cause = this.cause;
    return part;
  }
}

function testOf(condition: ErrorCondition): (error: Error) => boolean {
  if (typeof condition === "object") {
    const tests = condition.map(testOf);
    return (error) => tests.some((fits) => fits(error));
  }
  if (condition === Error || condition.prototype instanceof Error) {
    const type = condition as abstract new (...args: never[]) => Error;
    return (error) => error instanceof type;
  }
  return condition as (error: Error) => boolean;
}
