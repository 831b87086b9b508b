import { checkOptions, show } from "../../core/check.ts";
import { CancelledError, InvalidStateError } from "../../core/errors.ts";
import { reportUnretrieved } from "../../core/unretrieved.ts";
import { allTasks } from "../task/current_task.ts";
import type { Awaitable } from "../task/awaitable.ts";
import { type Context, copyContext } from "../context/context.ts";
import { EventLoop } from "./event_loop.ts";
import { runningLoop } from "./running_loop.ts";

/** How to run. */
export interface RunOptions {
  /** Warn of slow steps, and tell where tasks were made; default `false`. */
  debug?: boolean;
  /**
   * Nothing outside of the loop wakes its tasks (no timers of the platform's, no callbacks of servers):
   * if all of them wait for each other, the run ends with `DeadlockError` at once; default `false`.
   *
   * Without it a deadlock is seen in virtual time, and when the program has nothing left to do.
   */
  detectDeadlock?: boolean;
  /**
   * Makes the loop, when it is first needed; default: a new {@link EventLoop}.
   *
   * The runner closes it at its end. What the loop finds of deadlocks is then the factory's affair.
   */
  loopFactory?: () => EventLoop;
}

/** How to run one function with a {@link Runner}. */
export interface RunnerRunOptions {
  /** The values of its context variables; default: those that the runner's runs share. */
  context?: Context;
}

/**
 * A loop for several runs, one after the other: `run(a)`, then `run(b)`, then `close()`.
 *
 * - The runs share their context variables: what one sets the next one sees.
 * - Closing cancels what is left, waits for it, and ends the default executor.
 * - What a left task throws meanwhile goes to the loop's exception handler.
 *
 * Not like Python: Ctrl-C ends the program as it always does; add a signal handler to the loop for a softer end.
 *
 * Source: Python's `asyncio.Runner`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Runner, sleep } from "@quartet/concurrency/asyncio";
 *
 * await using runner = new Runner();
 * assertEquals(await runner.run(() => sleep(1, "one")), "one");
 * assertEquals(await runner.run(() => sleep(1, "two")), "two");
 * ```
 */
export class Runner implements AsyncDisposable {
  readonly #options: RunOptions;
  #loop: EventLoop | null = null;
  #context: Context | null = null;
  #closed = false;

  /**
   * Makes a runner; its loop is made by the first `run`.
   *
   * @throws {TypeError} if `loopFactory` is no function.
   */
  constructor(options: RunOptions = {}) {
    checkOptions(options, "new Runner()", "debug: true");
    const { loopFactory } = options;
    if (loopFactory !== undefined && typeof loopFactory !== "function") {
      throw new TypeError(
        `Cannot use loopFactory ${show(loopFactory)}: give a function that makes an EventLoop`,
      );
    }
    this.#options = options;
  }

  /**
   * The loop, made on first use.
   *
   * @throws {InvalidStateError} after `close()`, or if the loop factory gave a loop that is in use or closed.
   * @throws {TypeError} if the loop factory gave no loop.
   */
  getLoop(): EventLoop {
    if (this.#closed) throw new InvalidStateError("Cannot use the Runner: it is closed");
    return this.#loop ??= this.#makeLoop();
  }

  #makeLoop(): EventLoop {
    const { loopFactory, debug } = this.#options;
    if (loopFactory === undefined) return new EventLoop(this.#options);
    const loop: unknown = loopFactory();
    if (!(loop instanceof EventLoop)) {
      throw new TypeError(
        `Cannot run: loopFactory gave ${show(loop)}; it must give an EventLoop`,
      );
    }
    if (loop.isClosed || loop.isRunning) {
      throw new InvalidStateError(
        `Cannot run: loopFactory gave a loop that ${
          loop.isClosed ? "is closed" : "runs already"
        }; ` +
          "it must make a new one",
      );
    }
    if (debug !== undefined) loop.debug = debug;
    return loop;
  }

  /**
   * Runs `main` until it has ended, and returns its result.
   *
   * @param options.context the values of its context variables; default: those that the runs share.
   * @throws {InvalidStateError} inside of a running loop, or after `close()`.
   */
  async run<T>(main: Awaitable<T>, options: RunnerRunOptions = {}): Promise<T> {
    checkOptions(options, "Runner.run()", "context");
    refuseInsideLoop("Runner.run()");
    this.#context ??= copyContext();
    const loop = this.getLoop();
    const context = options.context ?? this.#context;
    return await loop.runUntilComplete(loop.createTask(main, { context }));
  }

  /** Cancels what is left, waits for it, and closes the loop. A second time nothing happens. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const loop = this.#loop;
    this.#closed = true;
    if (loop === null) return;
    try {
      await cancelAll(loop);
      await loop.shutdownDefaultExecutor();
      reportUnretrieved(loop.onUnretrieved);
    } finally {
      loop.close();
    }
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Refuses to run a loop from within another. */
export function refuseInsideLoop(what: string): void {
  const other = runningLoop();
  if (other === undefined || other.isAmbient) return;
  throw new InvalidStateError(
    `Cannot call ${what}: an event loop is running here; await the work instead`,
  );
}

/** Cancels the tasks of `loop` and lets them come to their end. */
async function cancelAll(loop: EventLoop): Promise<void> {
  const left = [...allTasks(loop)];
  if (left.length === 0) return;
  for (const task of left) task.cancel();
  await loop.runUntilComplete(function* () {
    for (const task of left) {
      try {
        yield* task;
      } catch (exception) {
        if (exception instanceof CancelledError && task.cancelled()) continue;
        loop.callExceptionHandler({
          message: "unhandled exception during asyncio.run() shutdown",
          exception,
          future: task,
        });
      }
    }
  });
}
