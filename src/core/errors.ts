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
