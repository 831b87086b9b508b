/**
 * Executors: one way to run functions, whichever of the four models runs them.
 *
 * Which one for my work?
 *
 * | the work                                        | executor                |
 * |-------------------------------------------------|-------------------------|
 * | is quick, or must not overlap                   | {@link SyncExecutor}    |
 * | waits: network, files, timers                   | {@link AsyncExecutor}   |
 * | computes                                        | {@link ThreadPoolExecutor} |
 * | computes, and must be isolated, limited, killed | {@link ProcessPoolExecutor} |
 *
 * `compare` measures which of them suits your function on your machine.
 *
 * Not like Python: a lost worker fails only its own jobs and is replaced; a timeout counts from a job's
 * start and is a job's own; functions travel by name (`portable`) or as text, never with their closure.
 *
 * @module
 */
export { checkpoint, currentSignal, reportProgress } from "../core/current.ts";
export type { WaitOptions } from "../core/deadline.ts";
export {
  BrokenExecutorError,
  CancelledError,
  FullError,
  InvalidStateError,
  RemoteError,
  ShutDownError,
  StoppedError,
  TimeoutError,
  TransferError,
} from "../core/errors.ts";
export { Future, type FutureState } from "../core/future.ts";
export type { UnretrievedReporter } from "../core/unretrieved.ts";
export type { DoneCallback, Waker } from "../core/waker.ts";
export {
  type AnyFunction,
  type ErrorClass,
  portable,
  type PortableModule,
  portableModule,
} from "../wire/codec/portable.ts";
export { transfer } from "../wire/codec/transfer.ts";
export type { JobRate } from "../wire/pool/job_gate.ts";
export type { JobKind, JobSettings } from "../wire/pool/job.ts";
export type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
export type { PoolStatistics, TimeHistogramSummary } from "../wire/pool/pool_statistics.ts";
export type { Access, ProcessPermissions } from "../multiprocessing/process/permissions.ts";
export * from "./async_executor.ts";
export * from "./base_executor.ts";
export * from "./executor.ts";
export type { PoolOptions } from "./pool_options.ts";
export * from "./process_pool_executor.ts";
export * from "./sync_executor.ts";
export * from "./thread_pool_executor.ts";
export * from "./wait.ts";
