import { checkDuration, checkFunction, checkOptions, show } from "../../core/check.ts";
import { now } from "../../core/clock.ts";
import type { UnretrievedReporter } from "../../core/unretrieved.ts";
import { type Callback, Handle, RepeatingHandle, TimerHandle } from "./handles.ts";
import { here } from "./running_loop.ts";
import { type Entry, type PassOwner, ReadyQueue } from "./ready_queue.ts";
import { TimerQueue } from "./timer_queue.ts";
import type { DeadlockWatch } from "./deadlock_watch.ts";
import type { EventLoop } from "./event_loop.ts";

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
export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => void;

/** The part of a loop that calls functions on schedule, and tells of what they throw. */
export abstract class Scheduler implements PassOwner {
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
  /** Whether slow steps are warned of and tasks remember where they were made. */
  debug = false;
  /** From how many milliseconds on the debug mode warns of a step; default 100. */
  slowCallbackDuration = 100;
  /**
   * Told of failures of this loop's futures that nobody looked at.
   * @internal
   */
  readonly onUnretrieved: UnretrievedReporter = (exception, message) =>
    this.callExceptionHandler({ message, exception });
  readonly #timers = new TimerQueue(() => this.ready.requestPass());
  /** Whether a pass is being made; it sets the platform's timer at its end. */
  #passing = false;
  #exceptionHandler: ExceptionHandler | null = null;

  /** Milliseconds since some fixed moment; never goes back. */
  time(): number {
    return now();
  }

  /** Has `callback` called in the next pass. */
  callSoon<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    this.#checkCallback(callback, "callSoon");
    const handle = new Handle(this.self, callback as Callback, args);
    this.ready.push(runHandle, handle);
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
    const order = this.#timers.nextOrder();
    const handle = new TimerHandle(
      this.self,
      when,
      order,
      callback as Callback,
      args,
      () => this.#timerCancelled(),
    );
    if (when !== Infinity) {
      this.#timers.add(handle);
      if (this.ready.open && !this.#passing) this.#timers.arm();
    }
    return handle;
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
    return new RepeatingHandle(this.self, interval, () => callback(...args));
  }

  /** Sets who is told of errors that nobody else hears of; `null`: the default, which prints them. */
  setExceptionHandler(handler: ExceptionHandler | null): void {
    if (handler !== null && typeof handler !== "function") {
      throw new TypeError(
        `Cannot use ${show(handler)} as exception handler: give a function or null`,
      );
    }
    this.#exceptionHandler = handler;
  }

  /** Who is told; `null`: the default. */
  getExceptionHandler(): ExceptionHandler | null {
    return this.#exceptionHandler;
  }

  /** Prints what happened to stderr. */
  defaultExceptionHandler(context: ExceptionContext): void {
    checkOptions(context, "the exception handler", 'message: "…"');
    if (context.exception === undefined) console.error(context.message);
    else console.error(`${context.message}:`, context.exception);
  }

  /** Tells the handler; one that itself throws is reported and stops nothing. */
  callExceptionHandler(context: ExceptionContext): void {
    checkOptions(context, "the exception handler", 'message: "…"');
    if (this.#exceptionHandler === null) return this.defaultExceptionHandler(context);
    try {
      this.#exceptionHandler(this.self, context);
    } catch (error) {
      this.defaultExceptionHandler({
        message: "Unhandled error in exception handler",
        exception: error,
      });
    }
  }

  /** For the line: what is due joins it. */
  beginPass(): void {
    this.#passing = true;
    here.loop = this.self;
    for (const handle of this.#timers.due()) this.ready.push(runHandle, handle);
  }

  /** For the line: after a pass. */
  endPass(): void {
    this.#passing = false;
    this.watch?.idle();
    if (this.afterPass()) this.#timers.arm();
    else this.#timers.disarm();
  }

  /**
   * For the line: runs one entry and warns when it is slow.
   * @internal
   */
  runWatched(entry: Entry, a: unknown, b: unknown): void {
    const start = now();
    entry(a, b);
    const took = now() - start;
    if (took < this.slowCallbackDuration) return;
    console.warn(`Executing ${nameOf(a) ?? nameOf(b) ?? entry.name} took ${took.toFixed(0)} ms`);
  }

  /**
   * How many timers are to come.
   * @internal
   */
  get timersAhead(): number {
    return this.#timers.size;
  }

  /** This, as the loop that it is a part of. */
  protected abstract readonly self: EventLoop;

  /** Answers whether to go on after a pass. */
  protected abstract afterPass(): boolean;

  /** Refuses when the loop is closed. */
  protected abstract checkOpen(): void;

  /** Forgets all that was to come. */
  protected clearTimers(): void {
    this.#timers.clear();
  }

  #timerCancelled(): void {
    this.#timers.noteCancelled();
    if (this.ready.open && !this.#passing) this.#timers.arm();
  }

  #checkCallback(callback: unknown, where: string): void {
    this.checkOpen();
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
}

function runHandle(handle: Handle): void {
  handle.run();
}

/** What the debug mode calls the thing that was run. */
function nameOf(thing: unknown): string | undefined {
  if (thing instanceof Handle) return `${thing.callback?.name || "(anonymous)"}()`;
  const name = (thing as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? `task ${name}` : undefined;
}
