/**
 * The executor over machines: jobs go by way of a NATS server with JetStream to workers anywhere, and none is lost.
 *
 * - {@link NatsExecutor} submits: the same interface as threads and processes have.
 * - {@link serveWorker} takes the jobs and runs them on a local executor: threads, processes or asynchronous tasks.
 *
 * No code has to be deployed to a worker beyond the addresses that it allows: a job names its function by the URL of its
 * module, and the worker loads it from there.
 *
 * Not like Python: there is no such thing there; Dask's futures and Celery's queue are nearest.
 *
 * @module
 */
export { checkpoint, currentSignal, reportProgress } from "../core/current.ts";
export {
  AuthenticationError,
  BrokenExecutorError,
  CancelledError,
  FullError,
  InvalidStateError,
  RefusedError,
  RemoteError,
  ShutDownError,
  StoppedError,
  TimeoutError,
  TransferError,
} from "../core/errors.ts";
export type { WaitOptions } from "../core/deadline.ts";
export type { UnretrievedReporter } from "../core/unretrieved.ts";
export type { DoneCallback, Waker } from "../core/waker.ts";
export { Future, type FutureState } from "../core/future.ts";
export {
  type AnyFunction,
  type ErrorClass,
  portable,
  type PortableModule,
  portableModule,
} from "../wire/codec/portable.ts";
export { transfer } from "../wire/codec/transfer.ts";
export type { JobSettings } from "../wire/pool/job.ts";
export type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
export type { Executor, ExecutorStatistics, Inputs, MapOptions } from "../futures/executor.ts";
export { BaseExecutor } from "../futures/base_executor.ts";
export type { LimitOptions, NatsJobSettings, RetryOptions } from "./caller/job_settings.ts";
export type { NatsFuture } from "./caller/nats_job.ts";
export type { NatsConnectionOptions, NatsTlsOptions } from "./connection_options.ts";
export type { DeadLetter } from "./dead_letters.ts";
export { NatsExecutor, type NatsExecutorOptions } from "./nats_executor.ts";
export type { LocalExecutor } from "./worker/local_executor.ts";
export {
  serveWorker,
  type WorkerOptions,
  type WorkerService,
  type WorkerStatistics,
} from "./worker/worker_service.ts";

if (import.meta.main) {
  import("./cli/command.ts").then(({ runCommand }) => runCommand(Deno.args));
}
