import { checkDelay, checkOptions, checkText, show } from "../../core/check.ts";
import { now } from "../../core/clock.ts";
import { CancelledError, TimeoutError } from "../../core/errors.ts";
import type { TaskFunction } from "../task/awaitable.ts";
import type { Operation } from "../task/operation.ts";
import { Scope } from "./scope.ts";
import { retypeError } from "./retype_error.ts";
import { runInScope } from "./run_in_scope.ts";

/** How a scope is made. */
export interface CancelScopeOptions {
  /** The moment of `loop.time()` at which it is cancelled; default: never. */
  deadline?: number;
  /** Keeps cancels from around it out; default `false`. */
  shield?: boolean;
}

/**
 * A block of a task that can be cancelled by itself.
 *
 * - While it is cancelled every wait in it ends with `CancelledError`, also the next ones: a block that
 *   swallows the error cannot run on by accident (trio's level cancellation; `task.cancel()` is
 *   asyncio's edge cancellation and ends one wait).
 * - A wait whose result has arrived keeps it.
 * - `run(fn)` swallows the scope's own cancel and gives `undefined`. The form `using scope = …` cannot:
 *   JavaScript lets no block swallow, so there the `CancelledError` goes on to whoever catches it, and
 *   `cancelledCaught` tells that it was this scope's.
 * - A shield keeps the cancels of the task and of the scopes around it out; give the scope a `deadline` to bound a clean-up.
 *   Not like trio: `task.cancel()` goes through a shield.
 *
 * Source: trio's `CancelScope`.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { CancelScope, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const scope = new CancelScope();
 *   const value = await scope.run(async () => {
 *     scope.cancel();
 *     await sleep(1000);
 *     return "never";
 *   });
 *   assertEquals(value, undefined);
 *   assert(scope.cancelledCaught);
 * });
 * ```
 */
export class CancelScope extends Scope implements Disposable, AsyncDisposable {
  /** Every wait in it is ended, not only the first. */
  protected readonly level = true;
  #caught = false;

  /** Makes a scope; it is entered by `using`, or by `run`. */
  constructor(options: CancelScopeOptions = {}) {
    checkOptions(options, "new CancelScope()", "shield: true");
    super(true);
    this.shield = options.shield === true;
    if (options.deadline !== undefined) this.deadline = options.deadline;
  }

  /** Whether it was cancelled, by `cancel()` or by its deadline. */
  get cancelCalled(): boolean {
    return this.wasCancelled;
  }

  /** Whether the block was ended by this scope's cancel. */
  get cancelledCaught(): boolean {
    return this.#caught;
  }

  /** The moment of `loop.time()` at which it is cancelled; `Infinity`: never. May be moved while the block runs. */
  get deadline(): number {
    return this.moment;
  }
  set deadline(when: number) {
    if (typeof when !== "number" || Number.isNaN(when)) {
      throw new TypeError(
        `Cannot use deadline ${show(when)}: give a moment of loop.time(), or Infinity`,
      );
    }
    this.moment = when;
  }

  /** Cancels the block; a second time nothing happens. */
  cancel(reason?: string): void {
    if (reason !== undefined) checkText(reason, "reason");
    this.strike(reason);
  }

  /**
   * Runs `fn` as the block, and gives its result, or `undefined` when it was ended by this scope.
   *
   * @throws {InvalidStateError} if it has had a function before.
   */
  run<T>(fn: TaskFunction<T>): Operation<T | undefined> {
    return runInScope<T, undefined>(this, fn, {
      failed: (error) => {
        if (!this.owns(error)) throw error;
        this.#caught = true;
        return undefined;
      },
    });
  }

  /** Leaves the block. */
  [Symbol.dispose](): void {
    if (this.task !== null) this.#caught = this.wasCancelled && this.thrown.length > 0;
    this.leave();
  }

  /** Leaves the block. */
  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }

  /** Whether `error` is this scope's cancel, on its way out. */
  protected owns(error: unknown): boolean {
    return this.wasCancelled && error instanceof CancelledError && !this.cancelledFromOutside;
  }
}

/** A scope whose own cancel leaves the block as `TimeoutError`. */
class FailingScope extends CancelScope {
  override run<T>(fn: TaskFunction<T>): Operation<T> {
    return runInScope<T, T>(this, fn, {
      failed: (error) => {
        throw this.owns(error)
          ? new TimeoutError("The block took too long", { cause: error })
          : error;
      },
    });
  }

  override [Symbol.dispose](): void {
    if (!this.cancelledFromOutside) {
      for (const error of this.thrown) retypeError(error, TimeoutError, "The block took too long");
    }
    super[Symbol.dispose]();
  }
}

/**
 * A block that is given up after `delay` milliseconds, without an error.
 *
 * - With `fn`: runs it, and gives its result, or `undefined` if the time was over.
 * - Without: `using scope = moveOnAfter(50)`. There the `CancelledError` goes on out of the block, see
 *   {@link CancelScope}; `scope.cancelledCaught` tells whether it came from here.
 *
 * @param delay milliseconds, 0 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { moveOnAfter, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   assertEquals(await moveOnAfter(5, () => sleep(1000, "late")), undefined);
 *   assertEquals(await moveOnAfter(1000, () => sleep(1, "early")), "early");
 * });
 * ```
 */
export function moveOnAfter(delay: number): CancelScope;
/** Runs `fn` for at most `delay` milliseconds; gives `undefined` if the time was over. */
export function moveOnAfter<T>(delay: number, fn: TaskFunction<T>): Operation<T | undefined>;
export function moveOnAfter<T>(
  delay: number,
  fn?: TaskFunction<T>,
): CancelScope | Operation<T | undefined> {
  checkDelay(delay, "delay");
  const scope = new CancelScope({ deadline: now() + delay });
  return fn === undefined ? scope : scope.run(fn);
}

/**
 * A block that fails with `TimeoutError` after `delay` milliseconds.
 *
 * - With `fn`: runs it and gives its result. Without: `using scope = failAfter(50)`.
 * - Unlike `timeout`, it ends every further wait in the block, also when the first error was swallowed.
 *
 * @param delay milliseconds, 0 or more.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { failAfter, run, sleep, TimeoutError } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   await assertRejects(async () => {
 *     using _ = failAfter(5);
 *     await sleep(1000);
 *   }, TimeoutError);
 * });
 * ```
 */
export function failAfter(delay: number): CancelScope;
/** Runs `fn` for at most `delay` milliseconds; fails with `TimeoutError` if the time was over. */
export function failAfter<T>(delay: number, fn: TaskFunction<T>): Operation<T>;
export function failAfter<T>(delay: number, fn?: TaskFunction<T>): CancelScope | Operation<T> {
  checkDelay(delay, "delay");
  const scope = new FailingScope({ deadline: now() + delay });
  return fn === undefined ? scope : scope.run(fn);
}
