import { runAs, workOfFlow } from "../../core/flow/async_work.ts";
import { isThenable } from "../../core/check.ts";
import { giveBack } from "../../core/guard.ts";
import { waitBehind, type Withdrawable } from "../../core/withdrawal/withdrawable.ts";
import { current } from "../loop/running_loop.ts";
import { type CoroutineBody, type Driven, startCoroutine } from "./coroutine_driver.ts";
import { isGenerator, isGeneratorFunction } from "./coroutine_like.ts";
import { LoopFuture } from "./loop_future.ts";
import { futureOf } from "./promise_future.ts";
import type { TaskLike } from "../loop/contract.ts";
import type { Awaitable, TaskFunction } from "./awaitable.ts";

/** A wait of this package. */
export type OwnWait = Withdrawable<unknown> | LoopFuture<unknown>;

/** A task that what it was made of is begun for. */
interface Beginning<T> extends TaskLike<T>, Driven<T> {
  readonly host: this;
  /** The wait that it was made of, or that its function has returned as it is; `null`: there is none. */
  origin: OwnWait | null;
}

/** Begins what `task` was made of, whatever that is: calls a function, drives a generator, follows a promise or a future. */
export function beginWork<T>(task: Beginning<T>, source: Awaitable<T>): void {
  if (typeof source === "function") return call(task, source);
  if (isGenerator(source)) return startCoroutine(task, source as CoroutineBody<T>);
  const future = source instanceof LoopFuture ? source : futureOf(source, task.getLoop());
  task.origin = future;
  startCoroutine(task, waitFor(future));
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
    task.origin = result;
    startCoroutine(task, waitFor(result as LoopFuture<T>));
  } else if (isThenable(result)) {
    task.origin = waitBehind(result);
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
  if (wait !== null) (workOfFlow() as Beginning<T>).origin = wait;
  result.then(returned, threw);
  return FOLLOWED;
}

function returned(value: unknown): void {
  (workOfFlow() as Beginning<unknown>).returned(value);
}

function threw(error: unknown): void {
  (workOfFlow() as Beginning<unknown>).threw(error);
}

/**
 * What `future`, which was made of `work`, has its result from: a wait of this package, or itself.
 *
 * @param work what was given by the caller of who asks: a task that was made of a function is seen by nobody else.
 */
export function originOf(work: unknown, future: LoopFuture<unknown>): OwnWait {
  if (typeof work === "function") return (future as Partial<Beginning<unknown>>).origin ?? future;
  if (work instanceof LoopFuture || !isThenable(work)) return future;
  return waitBehind(work) ?? future;
}

/**
 * Gives back what `future` got for `work`, for one who alone sees the result.
 *
 * That is also what a wait got that a function has returned as it is. What the body of a function has got is the function's.
 */
export function giveBackOf(work: unknown, future: LoopFuture<unknown>): void {
  if (future.done() && !future.failed) giveBackTo(originOf(work, future), future.result());
}

/** Gives what nobody takes back to the wait that it came by; without one, what it holds is released. */
export function giveBackTo(origin: OwnWait | null, value: unknown): void {
  if (origin === null) giveBack(value);
  else if (origin instanceof LoopFuture) origin.giveBack();
  else origin.giveBack(value);
}

/** A coroutine that waits for a future. */
function waitFor<T>(future: LoopFuture<T>): CoroutineBody<T> {
  return future[Symbol.iterator]();
}
