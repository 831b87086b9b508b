import { threadWorkers } from "../../threading/thread/thread_workers.ts";
import { WorkerPool } from "../../wire/pool/worker_pool.ts";
import { BasePool } from "./base_pool.ts";
import { fixedSettings, type PoolOptions } from "./pool_options.ts";

let pools = 0;

/** How a {@linkcode ThreadPool} is made: as a {@linkcode Pool}; `processes` is how many threads. */
export type ThreadPoolOptions = Omit<PoolOptions, "permissions" | "env">;

/**
 * The same as {@link Pool} with threads instead of processes.
 *
 * - Arguments and results are copied; locks, queues and the like of `./threading` and `./queue` stay the same objects there.
 * - A thread cannot be killed: `terminate()` asks its call to stop, and gives it up when it has not after a second.
 *
 * Not like Python: there is no global lock, so the threads compute side by side.
 *
 * Source: `multiprocessing.pool.ThreadPool`. `ThreadPoolExecutor` of `./futures` is the younger sister of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ThreadPool } from "@quartet/concurrency/multiprocessing";
 *
 * await using pool = new ThreadPool(2);
 * assertEquals(await pool.map((n: number) => n * n, [1, 2, 3]), [1, 4, 9]);
 * ```
 */
export class ThreadPool extends BasePool {
  /**
   * Makes the pool; its threads are started by the first call.
   *
   * @throws {RangeError} if a count is no whole number above zero.
   * @throws {TypeError} if the initializer is no function.
   */
  constructor(options: ThreadPoolOptions | number = {}) {
    const settings = { ...fixedSettings(options), namePrefix: `ThreadPoolWorker-${++pools}` };
    super(
      new WorkerPool({ ...settings, ...threadWorkers(settings) }),
      settings.maxWorkers,
      {
        end: (pool) => pool.shutdown({ wait: false, cancelPending: true, timeout: 0 }),
        ended: () => Promise.resolve(), // the pool itself waits for its threads
      },
    );
  }
}
