import type { JobRate } from "./job_gate.ts";
import type { Started } from "./pool_worker.ts";
import type { AnyFunction } from "../codec/portable.ts";
import type { Reach } from "../rpc/transport.ts";

/** How a pool is made. */
export interface PoolSettings {
  readonly reach: Reach;
  /** Starts a worker of that name. */
  readonly start: (name: string) => Started;
  readonly namePrefix: string;
  readonly maxWorkers: number;
  readonly minWorkers: number;
  /** How long a worker may idle, in milliseconds. */
  readonly idleTimeout: number;
  /** How many jobs may wait. */
  readonly maxQueue: number;
  /** How many asynchronous jobs one worker runs at once. */
  readonly concurrency: number;
  /** After so many jobs a worker is replaced. */
  readonly maxTasksPerWorker: number;
  /** How many threads of this kind were ended and did not stop. */
  readonly zombies: () => number;
  /** How many jobs may begin in how long. */
  readonly rate?: JobRate | undefined;
  readonly initializer: { fn: AnyFunction; args: unknown[] } | null;
}

/** How a pool is shut down. */
export interface ShutdownOptions {
  /** Whether to wait until all is done and gone, which a job that never ends prevents without `timeout`; default true. */
  wait?: boolean;
  /** Whether to cancel the jobs that wait; default false. */
  cancelPending?: boolean;
  /** After so many milliseconds the running jobs are asked to stop, and then given up; default: never. */
  timeout?: number;
}
