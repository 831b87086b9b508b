/**
 * What the parts of asyncio know of the loop that they belong to, and of its tasks.
 *
 * With the future and the scope it is the ground of asyncio: timers, waiters and whatever else belongs to a loop know
 * these interfaces, and can be read without the loop and the task, `EventLoop` and `Task`, which implement them.
 */
import type { Work } from "../../core/current.ts";
import type { UnretrievedReporter } from "../../core/unretrieved.ts";
import type { Awaitable, TaskOptions } from "../task/awaitable.ts";
import type { Scope } from "../scope/scope.ts";
import type { LoopFuture } from "../task/loop_future.ts";
import type { Handle, RepeatingHandle, Timed, TimerHandle } from "./handles.ts";

/** Something to run in a pass. */
// deno-lint-ignore no-explicit-any -- each entry is pushed together with the arguments that fit it
export type Entry = (a: any, b: any) => void;

/** What is ready to run in a loop. */
export interface Ready {
  /** How many passes have been made. */
  readonly passes: number;
  /** How many are in line. */
  readonly size: number;
  /** Adds a call for the next pass. */
  push(entry: Entry, a?: unknown, b?: unknown): void;
  /** Adds the wake-up of a promise, for which no pass is needed. */
  wake(entry: Entry, a?: unknown, b?: unknown): void;
}

/** What a loop needs of an executor; those of `futures` have it. */
export interface ExecutorLike {
  /** Begins the work and returns its future. */
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): PromiseLike<Awaited<R>>;
  /** As `submit`, for work that is asked to stop by a signal; without it running work cannot be stopped. */
  submitWith?<A extends unknown[], R>(
    settings: { signal?: AbortSignal },
    fn: (...args: A) => R,
    ...args: A
  ): PromiseLike<Awaited<R>>;
  /** Ends the executor. */
  shutdown(options?: { wait?: boolean; cancelPending?: boolean }): Promise<void>;
}

/** What an exception handler is told. */
export interface ExceptionContext {
  /** What happened. */
  readonly message: string;
  /** The error, if there is one. */
  readonly exception?: unknown;
  /** The future or task that it happened in. */
  readonly future?: unknown;
  /** The call that it happened in. */
  readonly handle?: Handle;
}

/** Told of errors that nobody else hears of. */
export type ExceptionHandler = (loop: Loop, context: ExceptionContext) => void;

/**
 * An event loop, as its futures know it; see {@link EventLoop}.
 *
 * Source: Python's `asyncio.AbstractEventLoop`.
 */
export interface Loop {
  /** Whether it runs by itself, for those who use asyncio outside of any loop. */
  readonly isAmbient: boolean;
  /** Whether it runs. */
  readonly isRunning: boolean;
  /** Whether it was closed. */
  readonly isClosed: boolean;
  /** Whether slow steps are warned of and tasks remember where they were made. */
  debug: boolean;
  /** From how many milliseconds on the debug mode warns of a step. */
  slowCallbackDuration: number;
  /**
   * What is ready to run; for the parts of this package.
   * @internal
   */
  readonly ready: Ready;
  /**
   * How many timers are to come.
   * @internal
   */
  readonly timersAhead: number;
  /**
   * Told of failures of this loop's futures that nobody looked at.
   * @internal
   */
  readonly onUnretrieved: UnretrievedReporter;
  /** Milliseconds since some fixed moment; never goes back. */
  time(): number;
  /** Has `callback` called in the next pass. */
  callSoon<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle;
  /** Has `callback` called after `delay` milliseconds. */
  callLater<A extends unknown[]>(
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  /** Has `callback` called at the moment `when` of `time()`. */
  callAt<A extends unknown[]>(
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  /**
   * Has `timed` run at its time; for the futures that time brings about.
   * @internal
   */
  addTimed(timed: Timed): void;
  /** As `callSoon`. */
  callSoonThreadsafe<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle;
  /** Has `callback` called every `interval` milliseconds. */
  callRepeatedly<A extends unknown[]>(
    interval: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): RepeatingHandle;
  /** Makes a task. */
  createTask<T>(work: Awaitable<T>, options?: TaskOptions): TaskLike<T>;
  /** Makes a future of this loop. */
  createFuture<T = unknown>(): LoopFuture<T>;
  /** Runs until `work` has ended, and returns its result. */
  runUntilComplete<T>(work: Awaitable<T>): Promise<T>;
  /** Runs until `stop()`. */
  runForever(): Promise<void>;
  /** Has the run end after the current pass. */
  stop(): void;
  /** Ends its life. */
  close(): void;
  /** Runs `fn` in an executor; `null`: on a thread of the loop's default pool. */
  runInExecutor<A extends unknown[], R>(
    executor: ExecutorLike | null,
    fn: (...args: A) => R,
    ...args: A
  ): LoopFuture<Awaited<R>>;
  /** Has `callback` called in the loop when the signal arrives. */
  addSignalHandler<A extends unknown[]>(
    signal: Deno.Signal,
    callback: (...args: A) => unknown,
    ...args: A
  ): void;
  /** Takes the handler of a signal back. */
  removeSignalHandler(signal: Deno.Signal): boolean;
  /** Sets who is told of errors that nobody else hears of; `null`: the default, which prints them. */
  setExceptionHandler(handler: ExceptionHandler | null): void;
  /** Who is told; `null`: the default. */
  getExceptionHandler(): ExceptionHandler | null;
  /** Prints what happened to stderr. */
  defaultExceptionHandler(context: ExceptionContext): void;
  /** Tells the exception handler. */
  callExceptionHandler(context: ExceptionContext): void;
}

/** Something that a task waits for. */
export interface Cancellable {
  /** Ends the wait as cancelled; `false` when it has ended already. */
  cancel(message?: string): boolean;
  /** Whether its result has arrived and is only not handed over yet. */
  readonly arrived?: boolean;
  /** Whether only code of the loop can end it: no time, no promise, nothing from outside. */
  readonly closed?: boolean;
  /** The task on whose behalf it is done. */
  readonly host?: TaskLike<unknown> | null;
  /** What it waits for in its turn, and passes cancels on to. */
  readonly waitsFor?: Iterable<Cancellable>;
}

/** A task, as the loop, its scopes and its waits know it; see {@link Task}. */
export interface TaskLike<T = unknown> extends LoopFuture<T>, Work {
  /** What it is called. */
  name: string;
  /** The innermost scope that it is in. */
  scope: Scope | null;
  /** The task that made it. */
  parent: TaskLike<unknown> | null;
  /** The next older one of those alive. */
  older: TaskLike<unknown> | null;
  /** The next younger one of those alive. */
  younger: TaskLike<unknown> | null;
  /** Where it was made, in debug mode. */
  readonly madeAt: string | undefined;
  /** What it waits for, and passes cancels on to. */
  readonly waitsFor: Cancellable[];
  /** How many requests to cancel there are, less those taken back. */
  cancelling(): number;
  /** Takes one request back, and returns how many are left. */
  uncancel(): number;
  /** Has a cancel that was caught and could not be told come again, at the next wait. */
  redeliver(): void;
  /** Ends the waits that were begun inside of `scope`, which has been cancelled. */
  interruptWithin(scope: Scope): void;
  /** Notes that `scope` is left. */
  forgetOrigin(scope: Scope): void;
  /** Notes that it begins to wait, and ends the wait at once if a cancel is due. */
  beginWait(wait: Cancellable, scope?: Scope | null): void;
  /** Notes that a wait is over. */
  endWait(wait: Cancellable): void;
  /** Notes that it has got a result without a wait. */
  noteResult(): void;
  /** The error to throw in the place of what `future` ended with, if a cancel came in between. */
  takeCancelAtWake(future: LoopFuture<unknown>): Error | null;
  /** The error to throw in the body in place of `error`. */
  throwing(error: unknown): unknown;
}
