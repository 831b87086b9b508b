import { CancelledError, InvalidStateError } from "../../core/errors.ts";
import { giveBack } from "../../core/guard.ts";
import { type CallerContext, captureFlow } from "../../core/inheritance.ts";
import { flowAfterStep } from "../../core/async_work.ts";
import { here } from "../loop/running_loop.ts";
import { LoopFuture, waitableIn } from "./loop_future.ts";
import { futureOf } from "./promise_future.ts";
import type { Cancellable, Loop, TaskLike } from "../loop/contract.ts";
import type { Scope } from "../scope/scope.ts";

/** Has an error thrown where the coroutine stands. */
let throwIn: (operation: Operation<unknown>, error: unknown) => void;

/** A generator that is driven as a coroutine: it yields what it waits for. */
export type CoroutineBody<T> = Iterator<unknown, T, unknown>;

/**
 * A generator coroutine on its way, stepped by the loop; the part of a task that runs generators.
 *
 *     step ──▶ next(result) / throw(error) ──▶ yields a future ──▶ waits ──(woken in a pass)──▶ step
 *                          │
 *                          └──▶ returns or throws ──▶ ended
 *
 * By itself it is work done on behalf of the task that called, such as `condition.wait()`: begun at once,
 * without a name. What it waits for is a wait of that task, and is cancelled with it.
 */
export class Operation<T> extends LoopFuture<T> {
  #body: CoroutineBody<T> | null = null;
  #wait: LoopFuture<unknown> | null = null;
  #host: TaskLike<unknown> | null;
  /** What flows where it was begun; `null`: nothing. */
  #flow: CallerContext | null = captureFlow();
  #mustCancel = false;
  /** Whether a cancel was passed on to what it waits for. */
  #passedCancel = false;
  #cancelMessage: string | undefined = undefined;
  /** The scope that its waits are in; `undefined`: the innermost of the task. */
  #scope: Scope | undefined = undefined;

  /** Makes one that has not begun, on behalf of `host`. */
  constructor(loop: Loop, host: TaskLike<unknown> | null) {
    super(loop);
    this.#host = host;
  }

  /** Begins to drive `body` now, on behalf of `host`; with `scope`, its waits are in that one. */
  static begin<T>(
    loop: Loop,
    host: TaskLike<unknown> | null,
    body: CoroutineBody<T>,
    scope?: Scope,
  ): Operation<T> {
    const operation = new Operation<T>(loop, host);
    operation.#scope = scope;
    operation.drive(body);
    return operation;
  }

  /** Its result may hold something: it is kept when a cancel comes after it. */
  override get handsOver(): boolean {
    return true;
  }

  /** Releases what the result holds. */
  override giveBack(): void {
    if (this.done() && !this.failed) giveBack(this.result());
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): Cancellable[] {
    return this.#wait === null ? [] : [this.#wait];
  }

  /** Whose work it is. */
  get host(): TaskLike<unknown> | null {
    return this.#host;
  }

  /** Says, for a task, that it is its own work. */
  protected set host(task: TaskLike<unknown> | null) {
    this.#host = task;
  }

  /** Whether only code of the loop can end what it waits for. */
  override get closed(): boolean {
    return this.#wait !== null && this.#wait.closed;
  }

  /** Asks the work to end: `CancelledError` is thrown where it waits, or else at its next wait. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    this.#cancelMessage = message;
    if (this.#wait !== null && this.#wait.cancel(message)) this.#passedCancel = true;
    else this.#mustCancel = true;
    return true;
  }

  /** Continues with the outcome of what was waited for. */
  wake(future: LoopFuture<unknown>): void {
    this.#wait = null;
    this.#host?.endWait(future);
    if (this.#passedCancel) {
      this.#passedCancel = false;
      this.#mustCancel ||= future.outlivedCancel;
    }
    // A result that has come is kept; the cancel then comes at the next wait, if there is one.
    if (this.#mustCancel && (future.failed || !future.handsOver)) {
      this.#mustCancel = false;
      this.#step(true, new CancelledError(this.#cancelMessage));
      return;
    }
    const error = this.#host?.takeCancelAtWake(future) ?? null;
    if (error !== null) this.#step(true, error);
    else if (future.failed) this.#step(true, future.failure());
    else this.#step(false, future.result());
  }

  /** Begins to step `body`. */
  protected drive(body: CoroutineBody<T>): void {
    this.#body = body;
    this.#step(false, undefined);
  }

  /** Ends with `value`; a task that has a cancel left over ends cancelled. */
  protected finish(value: T): void {
    this.succeed(value);
  }

  /**
   * Refused: the work brings its result about by itself.
   *
   * @throws {InvalidStateError} always.
   */
  override setResult(_value: T): never {
    this.#refuse("result");
  }

  /**
   * Refused: the work fails by itself; `cancel()` asks it to end.
   *
   * @throws {InvalidStateError} always.
   */
  override setException(_error: unknown): never {
    this.#refuse("exception");
  }

  #refuse(what: string): never {
    throw new InvalidStateError(
      `Cannot set the ${what} of ${
        this.constructor.name === "Task" ? "a Task" : "running work"
      }: ` +
        "it ends by itself; cancel() asks it to end, and a Future is what others can settle",
    );
  }

  #step(throwing: boolean, input: unknown): void {
    const body = this.#body!;
    const { task, generator, loop } = here;
    here.task = this.#host;
    here.generator = true;
    here.loop = this.getLoop();
    let result: IteratorResult<unknown, T>;
    try {
      if (throwing) {
        if (this.#host !== null) input = this.#host.throwing(input);
      }
      result = this.#flow === null
        ? advance(body, throwing, input)
        : this.#flow.run(() => this.#advance(body, throwing, input));
    } catch (error) {
      this.#body = null;
      this.end(error);
      return;
    } finally {
      here.task = task;
      here.generator = generator;
      here.loop = loop;
    }
    if (result.done) {
      this.#body = null;
      this.finish(result.value);
    } else {
      this.#waitOn(result.value);
    }
  }

  #advance(
    body: CoroutineBody<T>,
    throwing: boolean,
    input: unknown,
  ): IteratorResult<unknown, T> {
    try {
      return advance(body, throwing, input);
    } finally {
      this.#flow = flowAfterStep(this.#flow!);
    }
  }

  /**
   * Calls `fn` in what flows where the work was begun.
   * @internal
   */
  protected inFlow<R>(fn: () => R): R {
    return this.#flow === null ? fn() : this.#flow.run(fn);
  }

  /** Ends with what was thrown: cancelled by a `CancelledError`, else failed. */
  protected end(error: unknown): void {
    if (error instanceof CancelledError) this.settleCancelled(error.message || undefined);
    else this.fail(error);
  }

  #waitOn(yielded: unknown): void {
    const loop = this.getLoop();
    if (yielded === undefined || yielded === null) {
      yielded = new LoopFuture<void>(loop);
      loop.ready.push(endPassWait, yielded);
    }
    let future: LoopFuture<unknown>;
    try {
      future = waitable(yielded, this);
    } catch (error) {
      // In a pass of its own: a body that catches it and goes on wrongly must not nest without end.
      loop.ready.push(throwIn, this, error);
      return;
    }
    this.#wait = future;
    future.waitFor(this);
    if (this.#mustCancel && future.cancel(this.#cancelMessage)) this.#mustCancel = false;
    this.#host?.beginWait(future, this.#scope);
  }

  static {
    throwIn = (operation, error) => operation.#step(true, error);
  }
}

/** The future that stands for what a coroutine has yielded. */
function waitable(yielded: unknown, waiter: Operation<unknown>): LoopFuture<unknown> {
  if (yielded instanceof LoopFuture) {
    if ((yielded as unknown) === waiter) {
      throw new TypeError("Cannot wait: a task cannot wait for itself");
    }
    return waitableIn(yielded, waiter.getLoop());
  }
  if (typeof (yielded as PromiseLike<unknown>).then === "function") {
    return futureOf(yielded as PromiseLike<unknown>, waiter.getLoop());
  }
  const shown = typeof yielded === "object"
    ? `a ${(yielded as object).constructor?.name ?? "bare object"}`
    : typeof yielded === "function"
    ? `the function ${yielded.name || "(anonymous)"}`
    : `${typeof yielded} ${String(yielded)}`;
  const generator = typeof (yielded as Iterator<unknown>).next === "function";
  throw new TypeError(
    `Cannot wait for ${shown}, which a coroutine has yielded: ` +
      (generator
        ? "delegate to another generator with `yield*`"
        : typeof yielded === "function"
        ? "call it, and delegate with `yield*` to what it answers"
        : "delegate with `yield*` to a future, a task, or what asyncio's functions answer"),
  );
}

function advance<T>(
  body: CoroutineBody<T>,
  throwing: boolean,
  input: unknown,
): IteratorResult<unknown, T> {
  if (!throwing) return body.next(input);
  return body.throw === undefined ? throwOn(input) : body.throw(input);
}

function endPassWait(future: LoopFuture<void>): void {
  future.settleInPass(undefined);
}

function throwOn(error: unknown): never {
  throw error;
}
