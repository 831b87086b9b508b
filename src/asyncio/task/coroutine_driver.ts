import { show, withArticle } from "../../core/check.ts";
import { flowAfterStep } from "../../core/flow/async_work.ts";
import type { CallerContext } from "../../core/inheritance.ts";
import { current } from "../loop/running_loop.ts";
import { LoopFuture, waitableIn } from "./loop_future.ts";
import { futureOf } from "./promise_future.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/** A generator that is driven as a coroutine: it yields what it waits for. */
export type CoroutineBody<T> = Iterator<unknown, T, unknown>;

/**
 * What runs a coroutine: a task, or work that is done on behalf of one. It is itself what the futures wake, since a
 * program may have very many of them.
 */
export interface Driven<T> {
  /** The task whose waits those of the coroutine are. */
  readonly host: TaskLike<unknown> | null;
  /**
   * The coroutine; `null` before it has begun.
   * @internal
   */
  body: CoroutineBody<T> | null;
  /**
   * What flows where it was begun, and after each step; `null`: nothing.
   * @internal
   */
  flow: CallerContext | null;
  /** The loop that it belongs to. */
  getLoop(): Loop;
  /** Has it continued, by {@link resumeCoroutine}: what it waits for has ended. */
  wake(future: LoopFuture<unknown>): void;
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
 * Makes the first step of a generator coroutine in a loop; `owner` is told of the others.
 *
 *     step ──▶ next(result) / throw(error) ──▶ yields a future ──▶ waits ──(woken in a pass)──▶ step
 *                          │
 *                          └──▶ returns or throws ──▶ ended
 */
export function startCoroutine<T>(owner: Driven<T>, body: CoroutineBody<T>): void {
  owner.body = body;
  step(owner, false, undefined);
}

/** Continues with the outcome of what was waited for. */
export function resumeCoroutine<T>(owner: Driven<T>, future: LoopFuture<unknown>): void {
  const error = owner.woken(future);
  if (error !== null) step(owner, true, error);
  else if (future.failed) step(owner, true, future.failure());
  else step(owner, false, future.result());
}

function step<T>(owner: Driven<T>, throwing: boolean, input: unknown): void {
  const { host } = owner;
  const { task, generator, loop } = current;
  current.task = host;
  current.generator = true;
  current.loop = owner.getLoop();
  let result: IteratorResult<unknown, T>;
  try {
    if (throwing && host !== null) input = host.throwing(input);
    result = owner.flow === null
      ? advance(owner.body!, throwing, input)
      : owner.flow.run(advanceInFlow<T>, owner, throwing, input);
  } catch (error) {
    owner.threw(error);
    return;
  } finally {
    current.task = task;
    current.generator = generator;
    current.loop = loop;
  }
  if (result.done) owner.returned(result.value);
  else waitOn(owner, result.value);
}

/** Has the coroutine continued when what it has yielded ends. */
function waitOn(owner: Driven<unknown>, yielded: unknown): void {
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
    loop.ready.push(throwIn, owner, error);
    return;
  }
  future.waitFor(owner);
  owner.waits(future);
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
    : `${typeof yielded} ${show(yielded)}`;
  const generator = typeof (yielded as Iterator<unknown>).next === "function";
  throw new TypeError(
    `Cannot wait for ${shown}, which a coroutine has yielded: ` +
      (generator
        ? "delegate to another generator with `yield*`"
        : typeof yielded === "function"
        ? "call it, and delegate with `yield*` to what it returns"
        : "delegate with `yield*` to a future, a task, or what asyncio's functions return"),
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

function advanceInFlow<T>(
  owner: Driven<T>,
  throwing: boolean,
  input: unknown,
): IteratorResult<unknown, T> {
  try {
    return advance(owner.body!, throwing, input);
  } finally {
    owner.flow = flowAfterStep(owner.flow!);
  }
}

function endPassWait(future: LoopFuture<void>): void {
  future.settleInPass(undefined);
}

function throwIn(owner: Driven<unknown>, error: unknown): void {
  step(owner, true, error);
}

function throwOn(error: unknown): never {
  throw error;
}
