import { runAs } from "../../core/flow/async_work.ts";
import { isThenable } from "../../core/check.ts";
import type { CallerContext } from "../../core/inheritance.ts";
import { current } from "../loop/running_loop.ts";
import { type CoroutineBody, CoroutineDriver, type Driven } from "./coroutine_driver.ts";
import { isGenerator, isGeneratorFunction } from "./coroutine_like.ts";
import { LoopFuture } from "./loop_future.ts";
import { futureOf } from "./promise_future.ts";
import type { TaskLike } from "../loop/contract.ts";
import type { Awaitable, TaskFunction } from "./awaitable.ts";

/** A task that what it was made of is begun for. */
interface Beginning<T> extends TaskLike<T>, Driven<T> {
  readonly host: this;
}

/**
 * Begins what `task` was made of, whatever that is: calls a function, drives a generator, follows a promise or a future.
 *
 * @param flow what flows where the task was made; `null`: nothing.
 */
export function beginWork<T>(
  task: Beginning<T>,
  source: Awaitable<T>,
  flow: CallerContext | null,
): void {
  if (typeof source === "function") return call(task, source, flow);
  const body = isGenerator(source)
    ? source as CoroutineBody<T>
    : waitFor(source instanceof LoopFuture ? source : futureOf(source, task.getLoop()));
  new CoroutineDriver(task, body, flow).start();
}

/** Calls a function as the task. */
function call<T>(task: Beginning<T>, source: TaskFunction<T>, flow: CallerContext | null): void {
  const { task: outer, generator, loop } = current;
  current.task = task;
  current.generator = false;
  current.loop = task.getLoop();
  let result: ReturnType<TaskFunction<T>>;
  try {
    // A generator is stepped, and says with each step whose it is: only others need the flow, which is dear.
    result = isGeneratorFunction(source)
      ? source()
      : flow === null
      ? runAs(task, source)
      : flow.run(() => runAs(task, source));
  } catch (error) {
    return task.threw(error);
  } finally {
    current.task = outer;
    current.generator = generator;
    current.loop = loop;
  }
  if (isGenerator(result)) {
    new CoroutineDriver(task, result as CoroutineBody<T>, flow).start();
  } else if (result instanceof LoopFuture) {
    // A plain function that returns a wait, such as `() => sleep(1)`: the wait is the task's own.
    new CoroutineDriver(task, waitFor(result as LoopFuture<T>), flow).start();
  } else if (isThenable(result)) {
    result.then(task.returned.bind(task), task.threw.bind(task));
  } else {
    task.returned(result as T);
  }
}

/** A coroutine that waits for a future. */
function waitFor<T>(future: LoopFuture<T>): CoroutineBody<T> {
  return future[Symbol.iterator]();
}
