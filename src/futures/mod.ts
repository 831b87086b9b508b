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
export {
  BrokenExecutorError,
  CancelledError,
  checkpoint,
  currentSignal,
  type DoneCallback,
  FullError,
  Future,
  type FutureState,
  InvalidStateError,
  RemoteError,
  reportProgress,
  ShutDownError,
  StoppedError,
  TimeoutError,
  TransferError,
  type UnretrievedReporter,
  type WaitOptions,
  type Waker,
} from "../core/mod.ts";
export {
  type AnyFunction,
  type ChunkOutcome,
  type ErrorClass,
  type JobRate,
  type JobSettings,
  type PoolStatistics,
  portable,
  type PortableModule,
  portableModule,
  type ShutdownOptions,
  type TimeHistogramSummary,
  transfer,
} from "../wire/mod.ts";
export type { Access, ProcessPermissions } from "../multiprocessing/permissions.ts";
export * from "./async_executor.ts";
export * from "./base_executor.ts";
export * from "./executor.ts";
export * from "./inline_executor.ts";
export * from "./pool_executor.ts";
export type { PoolOptions } from "./pool_options.ts";
export * from "./process_pool_executor.ts";
export * from "./sync_executor.ts";
export * from "./thread_pool_executor.ts";
export * from "./wait.ts";
