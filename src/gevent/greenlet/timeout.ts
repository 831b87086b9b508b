import type { TimerHandle } from "../../asyncio/loop/handles.ts";
import { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import type { Task } from "../../asyncio/task/task.ts";
import { checkDelay, show } from "../../core/check.ts";
import { compose } from "./compose.ts";
import type { Returned, Throwable } from "./greenlet.ts";
import { GreenletTask, runningTask } from "./greenlet_task.ts";
import { Wait } from "./wait.ts";

/**
 * An error that throws itself: into the greenlet that started it, where it waits, when the timeout has passed.
 *
 * - As a guard: `using limit = new Timeout(100)`, which starts it; at the end of the block it is called off.
 * - Around a call: `await new Timeout(100).run(fn)`, or {@linkcode withTimeout}.
 * - Nested ones are told apart by identity: `catch (error) { if (error !== limit) throw error; … }`.
 * - With an error or a class of errors, that is thrown in its place. With `false`, `run` gives `undefined` instead.
 * - A greenlet that computes is not interrupted: the error comes at its next wait.
 *
 * Not like gevent: in the main program a guard reaches the waits of gevent that begin after it; a foreign
 * promise cannot be interrupted. A block that `using` guards cannot be ended in silence, so `false` needs `run`.
 *
 * Source: gevent's `Timeout`.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { sleep, Timeout } from "@quartet/concurrency/gevent";
 *
 * await assertRejects(async () => {
 *   using _limit = new Timeout(5);
 *   await sleep(1000);
 * }, Timeout);
 *
 * assertEquals(await new Timeout(5, false).run(() => sleep(1000)), undefined);
 * ```
 */
export class Timeout extends Error implements Disposable {
  static {
    this.prototype.name = "Timeout";
  }

  /** Milliseconds; `null`: never. */
  readonly delay: number | null;
  readonly #instead: Throwable | false | null;
  #timer: TimerHandle | null = null;
  #thrown: Error | null = null;
  #host: Task<unknown> | null = null;

  /**
   * Makes it; the time runs from `start()`, or from a `using` declaration.
   *
   * @param delay milliseconds; `null`: never.
   * @param instead what to throw in its place; `false`: nothing, for `run`.
   * @throws {RangeError} if the delay is `NaN`; below 0 it comes at once.
   */
  constructor(delay: number | null = null, instead: Throwable | false | null = null) {
    super(delay === null ? "timed out" : `timed out after ${show(delay)} ms`);
    if (delay !== null) checkDelay(delay, "delay");
    this.delay = delay;
    this.#instead = instead;
  }

  /** Makes and starts one. */
  static startNew(delay: number | null = null, instead: Throwable | null = null): Timeout {
    return new Timeout(delay, instead).start();
  }

  /** Whether the time runs. */
  get pending(): boolean {
    return this.#timer !== null;
  }

  /** Begins to count, on behalf of the greenlet that calls; anew, if it was counting. */
  start(): this {
    this.cancel();
    if (this.delay === null) return this;
    this.#host = runningTask();
    const begun = Wait.begun;
    this.#arm(() => this.#strike(begun));
    return this;
  }

  /** Calls it off; it can be started again. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const thrown = this.#thrown;
    this.#thrown = null;
    if (thrown !== null && this.#host instanceof GreenletTask) this.#host.takeBack(thrown);
  }

  /** The same as `cancel()`. */
  close(): void {
    this.cancel();
  }

  /**
   * Makes it a guard: `using limit = new Timeout(10)` starts it, if it was not started, and the end of the block calls
   * it off. A `using` declaration asks for this at once, which is where Python's `with` starts it.
   */
  get [Symbol.dispose](): () => void {
    if (!this.pending) this.start();
    return () => this.cancel();
  }

  /**
   * Runs `fn(...args)` for no longer than this.
   *
   * - It runs in a task of its own, on behalf of the greenlet that calls. When the timeout has passed this is thrown into
   *   it, and what comes out of it is thrown here; if it catches it, what it returns is returned here.
   * - Whoever gives up waiting, or is killed, ends it.
   *
   * @returns what `fn` returned; `undefined` if the time was over and this is silent.
   */
  run<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Future<Returned<R> | undefined> {
    if (typeof fn !== "function") throw new TypeError(`Cannot run ${show(fn)}: give a function`);
    const caller = runningTask();
    const greenlet = caller instanceof GreenletTask ? caller.greenlet : null;
    const body = () => fn(...args) as Returned<R>;
    const work = new GreenletTask<Returned<R>>(greenlet, body, fn.name || "a call with a timeout");
    if (this.delay !== null) this.#arm(() => work.throwIn(this.#error()));
    return compose(this.#follow(work));
  }

  *#follow<T>(work: GreenletTask<T>): Generator<unknown, T | undefined, unknown> {
    try {
      return yield* work;
    } catch (error) {
      if (error === this && this.#instead === false) return undefined;
      throw error;
    } finally {
      this.cancel();
    }
  }

  #arm(strike: () => void): void {
    this.#timer = new Future<void>().getLoop().callLater(this.delay!, () => {
      this.#timer = null;
      strike();
    });
  }

  #error(): Error {
    const instead = this.#instead;
    if (instead === null || instead === false) return this;
    return typeof instead === "function" ? new instead() : instead;
  }

  #strike(begun: number): void {
    const error = this.#thrown = this.#error();
    const host = this.#host;
    if (!(host instanceof GreenletTask)) Wait.interrupt(host, begun, error);
    else if (!host.done()) host.throwIn(error);
  }
}

/** How {@linkcode withTimeout} ends when the timeout has passed. */
export interface WithTimeoutOptions<V> {
  /** Answered in the place of a `Timeout`. */
  readonly timeoutValue: V;
}

/**
 * Runs `fn(...args)` for `delay` milliseconds at most; see {@linkcode Timeout.run}.
 *
 * @param delay milliseconds; `null`: no bound.
 * @param rest the arguments of `fn`; after them, perhaps, `{ timeoutValue }`: what to return when the timeout has passed.
 * @throws {Timeout} if the timeout has passed and there is no `timeoutValue`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sleep, withTimeout } from "@quartet/concurrency/gevent";
 *
 * assertEquals(await withTimeout(5, sleep, 1000, { timeoutValue: "late" }), "late");
 * assertEquals(await withTimeout(1000, (a: number) => a * 2, 4), 8);
 * ```
 */
export function withTimeout<A extends unknown[], R>(
  delay: number | null,
  fn: (...args: A) => R,
  ...args: A
): Future<Returned<R>>;
/** The same, with something to return when the timeout has passed. */
export function withTimeout<A extends unknown[], R, V>(
  delay: number | null,
  fn: (...args: A) => R,
  ...rest: [...A, WithTimeoutOptions<V>]
): Future<Returned<R> | V>;
/** Runs a function for so long. */
export function withTimeout<R, V>(
  delay: number | null,
  fn: (...args: unknown[]) => R,
  ...rest: unknown[]
): Future<Returned<R> | V> {
  const last = rest.at(-1);
  const options = isOptions<V>(last) ? last : null;
  const limit = new Timeout(delay);
  const running = limit.run(fn, ...(options === null ? rest : rest.slice(0, -1)));
  return compose(orInstead(running as Future<Returned<R>>, limit, options));
}

function* orInstead<T, V>(
  running: Future<T>,
  limit: Timeout,
  options: WithTimeoutOptions<V> | null,
): Generator<unknown, T | V, unknown> {
  try {
    return yield* running;
  } catch (error) {
    if (error === limit && options !== null) return options.timeoutValue;
    throw error;
  }
}

function isOptions<V>(value: unknown): value is WithTimeoutOptions<V> {
  return typeof value === "object" && value !== null && "timeoutValue" in value &&
    Object.keys(value).length === 1;
}
