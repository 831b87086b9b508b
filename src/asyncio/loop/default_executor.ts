import { show } from "../../core/check.ts";
import { CancelledError, InvalidStateError } from "../../core/errors.ts";
import { runAsNobody } from "../../core/flow/async_work.ts";
import { futureOf } from "../task/promise_future.ts";
import { runningTask } from "./running_loop.ts";
import type { LoopFuture } from "../task/loop_future.ts";
import { Operation } from "../task/operation.ts";
import type { ExecutorLike, Loop } from "./contract.ts";

/** How many threads the default executor may have at most; Python has the same bound. */
const MOST_THREADS = 32;

/** How long an idle thread of a default executor lives on. */
const IDLE = 2000;

/** The pool of threads that a loop makes when it is first asked to run something elsewhere. */
export class DefaultExecutor {
  readonly #loop: Loop;
  #executor: Promise<ExecutorLike> | null = null;
  #ended = false;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** Uses `executor` in place of a pool of its own. */
  set(executor: ExecutorLike): void {
    if (typeof executor?.submit !== "function") {
      throw new TypeError(`Cannot use ${show(executor)} as default executor: give an Executor`);
    }
    this.#executor = Promise.resolve(executor);
  }

  /** Runs `fn` in `executor`, or in the default one. */
  run<A extends unknown[], R>(
    executor: ExecutorLike | null,
    fn: (...args: A) => R,
    args: A,
  ): LoopFuture<Awaited<R>> {
    if (typeof fn !== "function") {
      throw new TypeError(`Cannot run ${show(fn)} in an executor: give a function`);
    }
    if (executor !== null) return begin(executor, this.#loop, fn, args);
    if (this.#ended) {
      throw new InvalidStateError("Cannot run in the default executor: it was shut down");
    }
    if (this.#executor === null) runAsNobody(() => this.#executor = makeExecutor());
    const made = this.#executor!;
    return new Operation(this.#loop, runningTask(), submitTo(made, this.#loop, fn, args));
  }

  /** Waits for the running jobs and ends the executor. */
  async shutdown(): Promise<void> {
    this.#ended = true;
    const executor = await this.#executor;
    this.#executor = null;
    await executor?.shutdown({ wait: true });
  }
}

function* submitTo<A extends unknown[], R>(
  executor: Promise<ExecutorLike>,
  loop: Loop,
  fn: (...args: A) => R,
  args: A,
): Generator<unknown, Awaited<R>, unknown> {
  const ready = yield* futureOf(executor, loop);
  return yield* begin(ready, loop, fn, args);
}

/** Begins the work; cancelling the future withdraws it, or asks it to stop when it runs. */
function begin<A extends unknown[], R>(
  executor: ExecutorLike,
  loop: Loop,
  fn: (...args: A) => R,
  args: A,
): LoopFuture<Awaited<R>> {
  if (executor.submitWith === undefined) return futureOf(executor.submit(fn, ...args), loop);
  const stopper = new AbortController();
  const work = executor.submitWith({ signal: stopper.signal }, fn, ...args);
  return futureOf(work, loop, (message) => stopper.abort(new CancelledError(message)));
}

/** Loads the executors when they are first needed: most loops never run anything elsewhere. */
async function makeExecutor(): Promise<ExecutorLike> {
  const { ThreadPoolExecutor } = await import("../../futures/thread_pool_executor.ts");
  const maxWorkers = Math.min(MOST_THREADS, navigator.hardwareConcurrency + 4);
  return new ThreadPoolExecutor({ maxWorkers, minWorkers: 0, idleTimeout: IDLE });
}
