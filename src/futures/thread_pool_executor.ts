import { threadWorkers } from "../threading/thread/thread_workers.ts";
import { WorkerPool } from "../wire/pool/worker_pool.ts";
import { BaseExecutor } from "./base_executor.ts";
import { type PoolOptions, poolSettings } from "./pool_options.ts";
import { underGil } from "./under_gil.ts";

let pools = 0;

/** A lock under which threads take turns: a `Gil` of `@quartet/concurrency/threading`. */
export interface TurnLock {
  /** Runs `fn` when it is this thread's turn. */
  run<R>(fn: () => R): R;
}

/** How a `ThreadPoolExecutor` is made. */
export interface ThreadPoolExecutorOptions extends PoolOptions {
  /** Jobs take turns under this lock, as Python's threads do; items of `stream` do not. Default: none. */
  gil?: TurnLock;
}

/**
 * Runs jobs on threads (Web Workers): for work that computes.
 *
 * - Threads are started when jobs wait and none is free, and go after `idleTimeout`. Their Web Workers may have served
 *   other threads before, and serve others after, unless an initializer or a broadcast prepared them.
 * - Arguments and results are copied, or moved with `transfer`; locks, queues and other shared objects
 *   stay the same object over there.
 * - A job that is aborted or timed out is asked to stop: `checkpoint()` throws the reason, `currentSignal()`
 *   aborts. A thread whose job does not stop within a second is given up and replaced; with `concurrencyPerWorker`
 *   above 1 once the jobs beside it have ended, unless it computes without end.
 * - A thread that ends itself fails the job that it was doing with `BrokenExecutorError`; what it had not begun runs
 *   elsewhere. An error that nobody catches ends the thread too, and is printed if no job tells of it.
 * - Not like Python: there is no global lock, so threads compute side by side; `submit` takes functions that are
 *   portable, or need nothing from around them.
 *
 * Source: Python's `concurrent.futures.ThreadPoolExecutor`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
 *
 * await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
 * assertEquals(await pool.submit((n: number) => n * n, 7), 49);
 * ```
 */
export class ThreadPoolExecutor extends BaseExecutor {
  /**
   * Makes the pool; threads are started by the first job.
   *
   * @throws {RangeError} if a count or time cannot be meant.
   */
  constructor(options: ThreadPoolExecutorOptions = {}) {
    const settings = poolSettings(options, `ThreadPoolExecutor-${pools++}`);
    const pool = new WorkerPool({ ...settings, ...threadWorkers(settings) });
    const { gil } = options;
    super(
      pool,
      settings.maxWorkers * settings.concurrency,
      gil === undefined ? null : underGil(gil),
    );
  }
}
