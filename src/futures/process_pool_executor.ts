import { processWorkers } from "../multiprocessing/pool/process_workers.ts";
import type { ProcessPermissions } from "../multiprocessing/process/permissions.ts";
import { WorkerPool } from "../wire/pool/worker_pool.ts";
import { BaseExecutor } from "./base_executor.ts";
import { type PoolOptions, poolSettings } from "./pool_options.ts";

let pools = 0;

/** How a `ProcessPoolExecutor` is made. */
export interface ProcessPoolExecutorOptions extends PoolOptions {
  /** What the processes may do; by default what this one may. */
  permissions?: ProcessPermissions | "inherit" | "none";
  /** Environment variables for the processes, on top of this one's. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Runs jobs in processes (`deno run` children): for work that computes and must be isolated, limited or killed.
 *
 * - Processes are started when jobs wait and none is free, and go after `idleTimeout`.
 * - Arguments and results are copied over a private, authenticated channel; a process's standard output is its own.
 * - A job's `timeout` kills and replaces its process; an aborted job is asked to stop, and killed after a second.
 *   With `concurrencyPerWorker` above 1 either is only asked to stop, and its process goes once the jobs beside it
 *   have ended; it is killed with them only when it computes without end.
 * - A process that dies fails the job that it was doing with `BrokenExecutorError`, and is replaced. What it had ended
 *   is known, what it had not begun runs elsewhere, and nothing runs twice.
 * - Where parent and child cannot share a file, as on Windows or without a temporary folder, a process gets no more jobs
 *   than it begins, so short jobs take a round trip each.
 * - Not like Python: one lost process does not break the executor. Only the start method "spawn" exists, so a
 *   script needs its main guard, `if (import.meta.main)`.
 *
 * Source: Python's `concurrent.futures.ProcessPoolExecutor`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ProcessPoolExecutor } from "@quartet/concurrency/futures";
 *
 * await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
 * assertEquals(await pool.submit((n: number) => n * n, 7), 49);
 * ```
 */
export class ProcessPoolExecutor extends BaseExecutor {
  /**
   * Makes the pool; processes are started by the first job.
   *
   * @throws {RangeError} if a count or time cannot be meant.
   */
  constructor(options: ProcessPoolExecutorOptions = {}) {
    const settings = poolSettings(options, `ProcessPoolExecutor-${pools++}`);
    const { permissions, env } = options;
    const pool = new WorkerPool({ ...settings, ...processWorkers({ permissions, env }) });
    super(pool, settings.maxWorkers * settings.concurrency);
  }
}
