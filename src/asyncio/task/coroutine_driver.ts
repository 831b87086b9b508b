import { withArticle } from "../../core/check.ts";
import { flowAfterStep } from "../../core/flow/async_work.ts";
import type { CallerContext } from "../../core/inheritance.ts";
import { current } from "../loop/running_loop.ts";
import { LoopFuture, waitableIn } from "./loop_future.ts";
import { futureOf } from "./promise_future.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/** A generator that is driven as a coroutine: it yields what it waits for. */
export type CoroutineBody<T> = Iterator<unknown, T, unknown>;

/** What has a coroutine driven: a task, or work that is done on behalf of one. */
export interface Driven<T> {
  /** The task whose waits those of the coroutine are. */
  readonly host: TaskLike<unknown> | null;
  /** The loop that it belongs to. */
  getLoop(): Loop;
  /** The coroutine begins to wait. */
  waits(future: LoopFuture<unknown>): void;
  /** Its wait is over; returns the error to throw in the place of the outcome, if there is one. */
  woken(future: LoopFuture<unknown>): Error | null;
  /** It has returned. */
  returned(value: T): void;
  /** It has thrown. */
  threw(error: unknown): void;
}

/**
 * Steps a generator coroutine in a loop.
 *
 *     step ──▶ next(result) / throw(error) ──▶ yields a future ──▶ waits ──(woken in a pass)──▶ step
 *                          │
 *                          └──▶ returns or throws ──▶ ended
 */
export class CoroutineDriver<T> {
  readonly #owner: Driven<T>;
  readonly #body: CoroutineBody<T>;
  /** What flows where it was begun; `null`: nothing. */
  #flow: CallerContext | null;

  /** Makes one that has not begun. */
  constructor(owner: Driven<T>, body: CoroutineBody<T>, flow: CallerContext | null) {
    this.#owner = owner;
    this.#body = body;
    this.#flow = flow;
  }

  /** The task that waits while the coroutine does. */
  get host(): TaskLike<unknown> | null {
    return this.#owner.host;
  }

  /** Makes the first step. */
  start(): void {
    this.#step(false, undefined);
  }

  /** Continues with the outcome of what was waited for. */
  wake(future: LoopFuture<unknown>): void {
    const error = this.#owner.woken(future);
    if (error !== null) this.#step(true, error);
    else if (future.failed) this.#step(true, future.failure());
    else this.#step(false, future.result());
  }

  /** Has an error thrown where the coroutine stands. */
  throwIn(error: unknown): void {
    this.#step(true, error);
  }

  #step(throwing: boolean, input: unknown): void {
    const owner = this.#owner;
    const host = owner.host;
    const { task, generator, loop } = current;
    current.task = host;
    current.generator = true;
    current.loop = owner.getLoop();
    let result: IteratorResult<unknown, T>;
    try {
      if (throwing && host !== null) input = host.throwing(input);
      result = this.#flow === null
        ? advance(this.#body, throwing, input)
        : this.#flow.run(() => this.#advanceInFlow(throwing, input));
    } catch (error) {
      owner.threw(error);
      return;
    } finally {
      current.task = task;
      current.generator = generator;
      current.loop = loop;
    }
    if (result.done) owner.returned(result.value);
    else this.#waitOn(result.value);
  }

  #advanceInFlow(throwing: boolean, input: unknown): IteratorResult<unknown, T> {
    try {
      return advance(this.#body, throwing, input);
    } finally {
      this.#flow = flowAfterStep(this.#flow!);
    }
  }

  #waitOn(yielded: unknown): void {
    const owner = this.#owner;
    const loop = owner.getLoop();
    if (yielded === undefined || yielded === null) {
      yielded = new LoopFuture<void>(loop);
      loop.ready.push(endPassWait, yielded);
    }
    let future: LoopFuture<unknown>;
    try {
      future = waitable(yielded, owner);
    } catch (error) {
      // In a pass of its own: a body that catches it and goes on wrongly must not nest without end.
      loop.ready.push(throwIn, this, error);
      return;
    }
    future.waitFor(this);
    owner.waits(future);
  }
}

/** The future that stands for what a coroutine has yielded. */
function waitable(yielded: unknown, waiter: Driven<unknown>): LoopFuture<unknown> {
  if (yielded instanceof LoopFuture) {
    if (yielded as unknown === waiter) {
      throw new TypeError("Cannot wait: a task cannot wait for itself");
    }
    return waitableIn(yielded, waiter.getLoop());
  }
  if (typeof (yielded as PromiseLike<unknown>).then === "function") {
    return futureOf(yielded as PromiseLike<unknown>, waiter.getLoop());
  }
  const shown = typeof yielded === "object"
    ? withArticle((yielded as object).constructor?.name ?? "bare object")
    : typeof yielded === "function"
    ? `the function ${yielded.name || "(anonymous)"}`
    : `${typeof yielded} ${String(yielded)}`;
  const generator = typeof (yielded as Iterator<unknown>).next === "function";
  throw new TypeError(
    `Cannot wait for ${shown}, which a coroutine has yielded: ` +
      (generator
        ? "delegate to another generator with `yield*`"
        : typeof yielded === "function"
        ? "call it, and delegate with `yield*` to what it returns"
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

function throwIn(driver: CoroutineDriver<unknown>, error: unknown): void {
  driver.throwIn(error);
}

function throwOn(error: unknown): never {
  throw error;
}
