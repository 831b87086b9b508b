import { WorkerPool } from "../../wire/pool/worker_pool.ts";
import { BasePool } from "./base_pool.ts";
import type { ChildTransport } from "../process/child_transport.ts";
import { processWorkers } from "./process_workers.ts";
import { fixedSettings, type PoolOptions } from "./pool_options.ts";

let pools = 0;

/**
 * Processes that run calls side by side.
 *
 * - Processes are started when calls wait and none is free; they stay until the pool is closed, and end with this process.
 * - `map` returns all results in the order of the inputs. It runs every call also when one fails, then throws
 *   the first failure.
 * - `imap` takes its inputs as results are taken, a few ahead. Results come when they are ready, also while the next
 *   input is not; an unfinished chunk is sent when inputs are late and a process has nothing to do.
 * - A call whose arguments or result cannot cross fails alone, not its chunk.
 * - A process that is killed fails only the call, or the chunk of calls, that it was doing, at once, with a
 *   `BrokenExecutorError`, and is replaced. Not like Python, where they never end.
 * - `await using` terminates the pool, as Python's `with` does; to let it finish: `close()`, then `join()`.
 *
 * Source: `multiprocessing.Pool`. `ProcessPoolExecutor` of `./futures` is the younger sister of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Pool } from "@quartet/concurrency/multiprocessing";
 *
 * await using pool = new Pool({ processes: 2 });
 * assertEquals(await pool.map((n: number) => n * n, [1, 2, 3]), [1, 4, 9]);
 * assertEquals(await pool.apply((a: number, b: number) => Math.hypot(a, b), [3, 4]), 5);
 * ```
 */
export class Pool extends BasePool {
  /**
   * Makes the pool; its processes are started by the first call.
   *
   * @throws {RangeError} if a count is no whole number above zero.
   * @throws {TypeError} if the initializer is no function.
   */
  constructor(options: PoolOptions | number = {}) {
    const settings = fixedSettings(options);
    const { permissions, env } = typeof options === "number" ? {} as PoolOptions : options;
    const children = new Set<ChildTransport>();
    const workers = processWorkers({ permissions, env, daemon: true }, (child) => {
      children.add(child);
      child.exited.then(() => children.delete(child));
    });
    super(
      new WorkerPool({ ...settings, ...workers, namePrefix: `PoolWorker-${++pools}` }),
      settings.maxWorkers,
      {
        end: (pool) => {
          pool.shutdown({ wait: false, cancelPending: true });
          for (const child of children) child.terminate();
        },
        ended: () => Promise.all([...children].map((child) => child.exited)),
      },
    );
  }
}
