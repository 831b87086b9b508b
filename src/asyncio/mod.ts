/**
 * One thread, many tasks: what waits for the network, the disk or the clock lets others run meanwhile.
 *
 * Which one for my work?
 *
 * | I want to                                            | use                                             |
 * | ---------------------------------------------------- | ----------------------------------------------- |
 * | begin: an event loop around my main function         | {@link run}                                     |
 * | do several things at once, and fail as one           | {@link TaskGroup}                               |
 * | have all results, in order, of things done at once   | {@link gather}, with `limit`                    |
 * | take results as they come                            | {@link asCompleted}, {@link wait}               |
 * | bound the time                                       | {@link timeout}, {@link moveOnAfter}            |
 * | keep something from being cancelled                  | {@link shield}                                  |
 * | hand items over                                      | {@link Queue}, {@link openChannel}              |
 * | let only so many in                                  | {@link Semaphore}, {@link CapacityLimiter}      |
 * | wait for each other                                  | {@link Event}, {@link Condition}, {@link Barrier} |
 * | call what blocks or computes                         | {@link toThread}, `runInExecutor`               |
 * | talk over a socket, run a program                    | {@link openConnection}, {@link createSubprocess} |
 *
 * A task is made of an async function, or of a generator (`yield*` waits). A generator is stopped where it
 * stands; in an async function the waits of quartet end, and foreign promises that were given
 * `currentSignal()`. Everything here belongs to one event loop and serves in the order of coming.
 *
 * Not like Python: milliseconds; a loop need not be made, there is one for those who await outside of `run`.
 *
 * @module
 */
import "./shown.ts";
export type * from "./awaitable.ts";
export { asCompleted, type Completions } from "./as_completed.ts";
export { Barrier, type BarrierStatistics } from "./barrier.ts";
export { CancelScope, type CancelScopeOptions, failAfter, moveOnAfter } from "./cancel_scope.ts";
export { CapacityLimiter, type CapacityLimiterStatistics } from "./capacity_limiter.ts";
export { type ChannelStatistics, openChannel, Receiver, Sender } from "./open_channel.ts";
export { Condition, type ConditionStatistics } from "./condition.ts";
export * from "./create_task.ts";
export { allTasks, currentTask } from "./current_task.ts";
export type { ExecutorLike } from "./default_executor.ts";
export { Event, type EventStatistics } from "./event.ts";
export type { Eventual } from "./eventual.ts";
export { isCoroutine, isCoroutineFunction } from "./coroutine_like.ts";
export { ensureFuture, isFuture } from "./ensure_future.ts";
export * from "./event_loop.ts";
export * from "./gather.ts";
export { Handle, RepeatingHandle, TimerHandle } from "./handles.ts";
export { LoopFuture as Future } from "./loop_future.ts";
export { LifoQueue } from "./lifo_queue.ts";
export { Lock, type LockStatistics } from "./lock.ts";
export * from "./loops.ts";
export type { Operation } from "./operation.ts";
export { PriorityQueue } from "./priority_queue.ts";
export type { Compare, ItemStore } from "../sync/item_store.ts";
export { Queue, type QueueStatistics } from "./queue.ts";
export { race } from "./race.ts";
export * from "./run.ts";
export { runCoroutineThreadsafe } from "./run_coroutine_threadsafe.ts";
export { Runner, type RunnerRunOptions, type RunOptions } from "./runner.ts";
export type { ExceptionContext, ExceptionHandler } from "./scheduler.ts";
export * from "./sleep.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics } from "./semaphore.ts";
export { shield } from "./shield.ts";
export { Task } from "./task.ts";
export { TaskGroup, type TaskGroupStatistics } from "./task_group.ts";
export { printTaskTree, taskTree } from "./task_tree.ts";
export { Timeout, timeout, timeoutAt } from "./timeout.ts";
export { toThread } from "./to_thread.ts";
export { type ReturnWhen, wait, type WaitForSeveralOptions, type WaitResult } from "./wait.ts";
export { waitFor } from "./wait_for.ts";
export { achunk, type AchunkOptions } from "./achunk.ts";
export { aclosing, type AsyncClosable, AsyncClosing, type ItemOfAsync } from "./aclosing.ts";
export { abuffer } from "./abuffer.ts";
export { afilter } from "./afilter.ts";
export { amap, type AmapOptions } from "./amap.ts";
export { amerge, type ItemOfSource } from "./amerge.ts";
export { azip, type Zipped } from "./azip.ts";
export {
  AsyncContextManager,
  asyncContextManager,
  EnteredAsyncContext,
} from "./async_context_manager.ts";
export { type AnyDisposable, AsyncExitStack } from "./async_exit_stack.ts";
export type { Source } from "./async_source.ts";
export type { StreamPair } from "./connection_streams.ts";
export { Context, copyContext } from "./context.ts";
export { contextManager, EnteredContext } from "./context_manager.ts";
export { ContextVar, type ContextVarOptions, Token } from "./context_var.ts";
export {
  createDatagramEndpoint,
  type Datagram,
  type DatagramAddress,
  DatagramEndpoint,
  type DatagramEndpointOptions,
  type DatagramEndpointStatistics,
} from "./datagram_endpoint.ts";
export { ExitStack } from "./exit_stack.ts";
export {
  type Address,
  type ConnectionOptions,
  openConnection,
  openUnixConnection,
  type StreamOptions,
} from "./open_connection.ts";
export { type ClientHandler, type Listener, Server, type ServerStatistics } from "./server.ts";
export { type ServerOptions, startServer, startUnixServer } from "./start_server.ts";
export {
  type Bytes,
  type ByteSource,
  type Separator,
  StreamReader,
  type StreamReaderOptions,
  type StreamReaderStatistics,
} from "./stream_reader.ts";
export {
  type ByteSink,
  type StartTlsOptions,
  StreamWriter,
  type StreamWriterStatistics,
} from "./stream_writer.ts";
export {
  createSubprocess,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  type Redirection,
  Subprocess,
  type SubprocessArguments,
  type SubprocessOptions,
} from "./subprocess.ts";
export {
  BrokenBarrierError,
  CancelledError,
  checkpoint,
  currentSignal,
  DeadlockError,
  EmptyError,
  EOFError,
  type ErrorCondition,
  ExceptionGroup,
  FullError,
  Guard,
  IncompleteReadError,
  InvalidStateError,
  LimitOverrunError,
  NotOwnerError,
  ProcessExitedError,
  ShutDownError,
  TimeoutError,
  type WaitOptions,
} from "../core/mod.ts";
export type { Callback } from "./handles.ts";
export type { Cancellable, Interruptible } from "./interruptible.ts";
export type { CoroutineBody } from "./operation.ts";
export type { DeadlockWatch } from "./deadlock_watch.ts";
export type { PassOwner } from "./ready_line.ts";
export type { Scheduler } from "./scheduler.ts";
export type { Scope } from "./scope.ts";
export type { DoneCallback, Future as ConcurrentFuture, FutureState, Work } from "../core/mod.ts";
