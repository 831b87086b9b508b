import { runAs, workOfFlow } from "../../core/flow/async_work.ts";
import { isThenable } from "../../core/check.ts";
import { waitBehind, type Withdrawable } from "../../core/withdrawal/withdrawable.ts";
import { current } from "../loop/running_loop.ts";
import { type CoroutineBody, type Driven, startCoroutine } from "./coroutine_driver.ts";
import { isGenerator, isGeneratorFunction } from "./coroutine_like.ts";
import { LoopFuture } from "./loop_future.ts";
import { futureOf } from "./promise_future.ts";
import type { TaskLike } from "../loop/contract.ts";
import type { Awaitable, TaskFunction } from "./awaitable.ts";

/** A task that what it was made of is begun for. */
interface Beginning<T> extends TaskLike<T>, Driven<T> {
  readonly host: this;
}

/** Begins what `task` was made of, whatever that is: calls a function, drives a generator, follows a promise or a future. */
export function beginWork<T>(task: Beginning<T>, source: Awaitable<T>): void {
  if (typeof source === "function") return call(task, source);
  const body = isGenerator(source)
    ? source as CoroutineBody<T>
    : waitFor(source instanceof LoopFuture ? source : futureOf(source, task.getLoop()));
  startCoroutine(task, body);
}

/** Calls a function as the task. */
function call<T>(task: Beginning<T>, source: TaskFunction<T>): void {
  const { flow } = task;
  const { task: outer, generator, loop } = current;
  current.task = task;
  current.generator = false;
  current.loop = task.getLoop();
  let result: ReturnType<TaskFunction<T>> | typeof FOLLOWED;
  try {
    // A generator is stepped, and says with each step whose it is: only others need the flow, which is dear.
    result = isGeneratorFunction(source)
      ? source()
      : flow === null
      ? runAs(task, callAndFollow<T>, source)
      : flow.run(() => runAs(task, callAndFollow<T>, source));
  } catch (error) {
    return task.threw(error);
  } finally {
    current.task = outer;
    current.generator = generator;
    current.loop = loop;
  }
  if (result === FOLLOWED) return;
  if (isGenerator(result)) {
    startCoroutine(task, result as CoroutineBody<T>);
  } else if (result instanceof LoopFuture) {
    // A plain function that returns a wait, such as `() => sleep(1)`: the wait is the task's own.
    noteWait(task, result);
    startCoroutine(task, waitFor(result as LoopFuture<T>));
  } else if (isThenable(result)) {
    noteWait(task, waitBehind(result));
    result.then(task.returned.bind(task), task.threw.bind(task));
  } else {
    task.returned(result as T);
  }
}

/** What a function gives whose task is told of the end already. */
const FOLLOWED = Symbol("followed");
const { then } = Promise.prototype;

/**
 * Calls a function as the task that runs here, and has that one told of the end of the promise that an async function is.
 *
 * The reactions of a bare promise find the task by the flow, as all that runs in it does: two functions for all tasks.
 */
function callAndFollow<T>(source: TaskFunction<T>): ReturnType<TaskFunction<T>> | typeof FOLLOWED {
  const result = source();
  if (!(result instanceof Promise) || result.then !== then) return result;
  const wait = waitBehind(result);
  if (wait !== null) noteWait(workOfFlow() as Beginning<T>, wait);
  result.then(returned, threw);
  return FOLLOWED;
}

function returned(value: unknown): void {
  (workOfFlow() as Beginning<unknown>).returned(value);
}

function threw(error: unknown): void {
  (workOfFlow() as Beginning<unknown>).threw(error);
}

/** The waits of this package that functions have returned as they are, each by the task that was made of its function. */
const waits = new WeakMap<object, Withdrawable<unknown> | LoopFuture<unknown>>();

function noteWait(task: object, wait: Withdrawable<unknown> | LoopFuture<unknown> | null): void {
  if (wait !== null) waits.set(task, wait);
}

/**
 * Gives back what `future` got for `work`, for one who alone sees the result.
 *
 * A task that was made of a function is seen by nobody else, so that also goes back what a wait got that the function has
 * returned as it is. What the body of a function has got is the function's.
 */
export function giveBackOf(work: unknown, future: LoopFuture<unknown>): void {
  if (!future.done() || future.failed) return;
  const wait = typeof work === "function" ? waits.get(future) : undefined;
  if (wait === undefined) future.giveBack();
  else if (wait instanceof LoopFuture) wait.giveBack();
  else wait.giveBack(future.result());
}

/** A coroutine that waits for a future. */
function waitFor<T>(future: LoopFuture<T>): CoroutineBody<T> {
  return future[Symbol.iterator]();
}
