import { checkDuration, checkFunction, checkOptions, checkText, show } from "../../core/check.ts";
import { now } from "../../core/clock.ts";
import { type DeadlockError, InvalidStateError } from "../../core/errors.ts";
import type { UnretrievedReporter } from "../../core/unretrieved.ts";
import type { Awaitable, TaskOptions } from "../task/awaitable.ts";
import type { ExceptionContext, ExceptionHandler, ExecutorLike, Loop } from "./contract.ts";
import { DeadlockWatch } from "./deadlock_watch.ts";
import { DefaultExecutor } from "./default_executor.ts";
import { checkWork, ensureFuture } from "../task/ensure_future.ts";
import { ExceptionReporter, printException } from "./exception_reporter.ts";
import { type Callback, Handle, RepeatingHandle, type Timed, TimerHandle } from "./handles.ts";
import { type PassOwner, ReadyQueue } from "./ready_queue.ts";
import { current, runningLoop } from "./running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { SignalHandlers } from "./signal_handlers.ts";
import { TimerQueue } from "./timer_queue.ts";
import { Task } from "../task/task.ts";

/** Makes the tasks of a loop. */
export type TaskFactory = <T>(loop: EventLoop, work: Awaitable<T>, options: TaskOptions) => Task<T>;

/** How a loop is made. */
export interface EventLoopOptions {
  /** Warn of slow steps, remember where tasks were made; default `false`. */
  debug?: boolean;
  /**
   * Nothing outside of the loop wakes its tasks: if all of them wait for each other, `runUntilComplete`
   * throws `DeadlockError` at once; default `false`.
   */
  detectDeadlock?: boolean;
  /** It runs by itself and cannot be run, stopped or closed; default `false`. */
  ambient?: boolean;
}

/**
 * Calls functions: soon, later, at some moment, and as the steps of tasks.
 *
 * - What is asked for with `callSoon` runs in the next pass, in the order of asking; what a pass adds
 *   waits for the one after it.
 * - Timers run by their time, and in the order of asking when they are due at the same moment.
 * - A loop does nothing until it is run: `runUntilComplete` or `runForever`.
 * - One thread may have several loops; inside of one that runs no other can be run.
 *
 * Not like Python: the thread cannot be blocked, so `runUntilComplete` and `runForever` return promises.
 * Times are milliseconds.
 *
 * Source: Python's `asyncio.AbstractEventLoop`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { newEventLoop, sleep } from "@quartet/concurrency/asyncio";
 *
 * const loop = newEventLoop();
 * const seen: number[] = [];
 * loop.callLater(3, () => seen.push(2));
 * loop.callSoon(() => seen.push(1));
 * await loop.runUntilComplete(() => sleep(10));
 * loop.close();
 * assertEquals(seen, [1, 2]);
 * ```
 */
export class EventLoop implements Loop, PassOwner {
  /** Whether slow steps are warned of and tasks remember where they were made. */
  debug = false;
  /** From how many milliseconds on the debug mode warns of a step; default 100. */
  slowCallbackDuration = 100;
  /** Whether it runs by itself, for those who use asyncio outside of any loop. */
  readonly isAmbient: boolean;
  /**
   * What is ready to run; for the parts of this package.
   * @internal
   */
  readonly ready: ReadyQueue = new ReadyQueue(this);
  /**
   * Sees deadlocks, while it is run until something is complete.
   * @internal
   */
  watch: DeadlockWatch | null = null;
  /**
   * Told of failures of this loop's futures that nobody looked at.
   * @internal
   */
  readonly onUnretrieved: UnretrievedReporter = (exception, message) =>
    this.callExceptionHandler({ message, exception });
  readonly #timers = new TimerQueue(() => this.ready.requestPass());
  readonly #exceptions = new ExceptionReporter(this);
  readonly #signals = new SignalHandlers(this);
  readonly #executor = new DefaultExecutor(this);
  readonly #detectDeadlock: boolean;
  #taskFactory: TaskFactory | null = null;
  #stopping = false;
  #closed = false;
  #finishRun: (() => void) | null = null;

  /** Makes a loop; `newEventLoop` and `run` are the usual ways. */
  constructor(options: EventLoopOptions = {}) {
    checkOptions(options, "new EventLoop()", "debug: true");
    this.debug = options.debug === true;
    this.#detectDeadlock = options.detectDeadlock === true;
    this.isAmbient = options.ambient === true;
    if (this.isAmbient) this.ready.start();
  }

  /** Whether it runs. */
  get isRunning(): boolean {
    return this.ready.open;
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Milliseconds since some fixed moment; never goes back. */
  time(): number {
    return now();
  }

  /** Has `callback` called in the next pass. */
  callSoon<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    this.#checkCallback(callback, "callSoon");
    const handle = new Handle(this, callback as Callback, args);
    this.ready.push(runCall, handle);
    return handle;
  }

  /** As `callSoon`; here for those who come from Python, since another thread cannot hold this object. */
  callSoonThreadsafe<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    return this.callSoon(callback, ...args);
  }

  /**
   * Has `callback` called after `delay` milliseconds.
   *
   * @throws {TypeError} if the delay is no number.
   */
  callLater<A extends unknown[]>(
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle {
    if (typeof delay !== "number" || Number.isNaN(delay)) {
      throw new TypeError(
        `Cannot call later: delay must be a number of milliseconds, not ${show(delay)}`,
      );
    }
    return this.callAt(now() + delay, callback, ...args);
  }

  /**
   * Has `callback` called at the moment `when` of `time()`.
   *
   * @throws {TypeError} if it is no number.
   */
  callAt<A extends unknown[]>(
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle {
    if (typeof when !== "number" || Number.isNaN(when)) {
      throw new TypeError(`Cannot call at ${show(when)}: when must be a moment of loop.time()`);
    }
    this.#checkCallback(callback, "callAt");
    return this.#timers.add(new TimerHandle(this, callback as Callback, args, when));
  }

  /**
   * Has `timed` run at its time; for the futures that time brings about.
   * @internal
   */
  addTimed(timed: Timed): void {
    this.#checkOpen();
    this.#timers.add(timed);
  }

  /**
   * Has `callback` called every `interval` milliseconds until the handle is cancelled.
   *
   * Beyond Python. The times are kept on a grid: a late call does not shift those after it, and calls
   * that were missed altogether are left out.
   */
  callRepeatedly<A extends unknown[]>(
    interval: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): RepeatingHandle {
    checkFunction(callback, "callback");
    checkDuration(interval, "interval");
    if (interval === 0) throw new RangeError("Cannot repeat every 0 ms: give an interval above 0");
    return new RepeatingHandle(this, interval, () => callback(...args));
  }

  /**
   * Makes a task; see `createTask`.
   *
   * @throws {TypeError} if `work` is none that a task can run, or the task factory makes no task.
   * @throws what the task factory throws.
   */
  createTask<T>(work: Awaitable<T>, options?: TaskOptions): Task<T> {
    if (options !== undefined) checkOptions(options, "createTask()", 'name: "…"');
    this.#checkOpen();
    checkWork(work);
    if (this.#taskFactory === null) return new Task<T>(this, work, options);
    const task: unknown = this.#taskFactory(this, work, options ?? {});
    if (task instanceof Task) return task;
    throw new TypeError(
      `Cannot make a task: the task factory gave ${show(task)}; it must give a Task`,
    );
  }

  /** Sets what makes the tasks of `createTask`; `null`: the loop itself. See `eagerTaskFactory`. */
  setTaskFactory(factory: TaskFactory | null): void {
    if (factory !== null && typeof factory !== "function") {
      throw new TypeError(`Cannot use ${show(factory)} as task factory: give a function or null`);
    }
    this.#taskFactory = factory;
  }

  /** What makes the tasks; `null`: the loop itself. */
  getTaskFactory(): TaskFactory | null {
    return this.#taskFactory;
  }

  /** Makes a future of this loop. */
  createFuture<T = unknown>(): LoopFuture<T> {
    return new LoopFuture<T>(this);
  }

  /**
   * Runs until `work` has ended, and returns its result.
   *
   * @throws {InvalidStateError} if it runs already, another loop runs here, or it is stopped before.
   * @throws {DeadlockError} if everything waits and nothing can wake it, which the platform finds when it has run
   *   empty. Under top-level await it is faster: it ends the program with "Top-level await promise never resolved".
   */
  async runUntilComplete<T>(work: Awaitable<T>): Promise<T> {
    this.#checkRunnable();
    const future = ensureFuture(work, this);
    const done = (): void => this.stop();
    future.addDoneCallback(done);
    let deadlock: DeadlockError | null = null;
    this.watch = new DeadlockWatch(this, this.#detectDeadlock, (error) => {
      deadlock ??= error;
      this.stop();
    });
    try {
      await this.runForever();
    } finally {
      this.watch.end();
      this.watch = null;
      future.removeDoneCallback(done);
    }
    if (deadlock !== null && !future.done()) throw deadlock;
    if (!future.done()) throw new InvalidStateError("Cannot end run(): the event loop was stopped");
    return future.result();
  }

  /** Runs until `stop()`; the promise is fulfilled then. */
  async runForever(): Promise<void> {
    this.#checkRunnable();
    const stopped = new Promise<void>((resolve) => this.#finishRun = resolve);
    this.#signals.resume();
    this.ready.start();
    await stopped;
  }

  /** Has the run end after the current pass; before a run, has it make one pass. */
  stop(): void {
    if (this.isAmbient) throw new InvalidStateError("Cannot stop the ambient loop: nobody runs it");
    this.#stopping = true;
    if (this.ready.open) this.ready.requestPass();
  }

  /**
   * Ends its life: nothing can be asked of it any more. A second time nothing happens.
   *
   * @throws {InvalidStateError} while it runs.
   */
  close(): void {
    if (this.ready.open) throw new InvalidStateError("Cannot close the loop: it is running");
    if (this.#closed) return;
    this.#closed = true;
    this.ready.clear();
    this.#timers.clear();
    this.#signals.clear();
  }

  /**
   * Runs `fn` in an executor; `null`: on a thread of the loop's default pool, see `toThread`.
   *
   * @throws {InvalidStateError} if the loop is closed or its default executor was ended.
   */
  runInExecutor<A extends unknown[], R>(
    executor: ExecutorLike | null,
    fn: (...args: A) => R,
    ...args: A
  ): LoopFuture<Awaited<R>> {
    this.#checkOpen();
    if (executor !== null && typeof executor?.submit !== "function") {
      throw new TypeError(`Cannot use executor ${show(executor)}: give an Executor, or null`);
    }
    return this.#executor.run(executor, fn, args);
  }

  /** Sets the executor that `runInExecutor(null, …)` and `toThread` use. */
  setDefaultExecutor(executor: ExecutorLike): void {
    this.#executor.set(executor);
  }

  /** Waits for the running jobs of the default executor and ends it. */
  shutdownDefaultExecutor(): Promise<void> {
    return this.#executor.shutdown();
  }

  /** Sets who is told of errors that nobody else hears of; `null`: the default, which prints them. */
  setExceptionHandler(handler: ExceptionHandler | null): void {
    this.#exceptions.handler = handler;
  }

  /** Who is told; `null`: the default. */
  getExceptionHandler(): ExceptionHandler | null {
    return this.#exceptions.handler;
  }

  /** Prints what happened to stderr. */
  defaultExceptionHandler(context: ExceptionContext): void {
    printException(context);
  }

  /** Tells the handler; one that itself throws is reported and stops nothing. */
  callExceptionHandler(context: ExceptionContext): void {
    this.#exceptions.report(context);
  }

  /** Has `callback` called in the loop when the signal arrives, instead of what it does by itself. */
  addSignalHandler<A extends unknown[]>(
    signal: Deno.Signal,
    callback: (...args: A) => unknown,
    ...args: A
  ): void {
    checkText(signal, "signal");
    checkFunction(callback, "callback");
    this.#checkOpen();
    this.#signals.add(signal, callback as Callback, args);
  }

  /** Takes the handler back; returns whether there was one. */
  removeSignalHandler(signal: Deno.Signal): boolean {
    return this.#signals.remove(signal);
  }

  /**
   * For the line, before a pass: what is due joins it.
   * @internal
   */
  beginPass(): void {
    this.#timers.pause();
    current.loop = this;
    for (const timed of this.#timers.due()) this.ready.push(runCall, timed);
  }

  /**
   * For the line, after a pass: the run ends if it was asked to.
   * @internal
   */
  endPass(): void {
    this.watch?.idle();
    if (!this.#stopping || this.isAmbient) return this.#timers.resume();
    this.#stopping = false;
    this.ready.stop();
    this.#timers.disarm();
    this.#signals.pause();
    this.#finishRun?.();
  }

  /**
   * How many timers are to come.
   * @internal
   */
  get timersAhead(): number {
    return this.#timers.size;
  }

  #checkOpen(): void {
    if (this.#closed) throw new InvalidStateError("Cannot use the event loop: it is closed");
  }

  #checkCallback(callback: unknown, where: string): void {
    this.#checkOpen();
    if (typeof callback !== "function") {
      throw new TypeError(`Cannot ${where}(${show(callback)}): a function is expected`);
    }
    if (
      this.debug && /^(?:Async|Generator|AsyncGenerator)Function$/.test(callback.constructor.name)
    ) {
      throw new TypeError(
        `Cannot use the coroutine ${callback.name} with ${where}(): createTask runs it`,
      );
    }
  }

  #checkRunnable(): void {
    this.#checkOpen();
    if (this.ready.open) throw new InvalidStateError("Cannot run the loop: it is running already");
    const other = runningLoop();
    if (other !== undefined && !other.isAmbient) {
      throw new InvalidStateError(
        "Cannot run the event loop: another one is running; await the work there",
      );
    }
  }
}

function runCall(call: Handle | Timed): void {
  call.run();
}
