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
import "./task/inspection.ts";
export type * from "./task/awaitable.ts";
export { asCompleted, type Completions } from "./wait/as_completed.ts";
export { Barrier, type BarrierStatistics } from "./sync/barrier.ts";
export {
  CancelScope,
  type CancelScopeOptions,
  failAfter,
  moveOnAfter,
} from "./scope/cancel_scope.ts";
export { CapacityLimiter, type CapacityLimiterStatistics } from "./sync/capacity_limiter.ts";
export { type ChannelStatistics, openChannel, Receiver, Sender } from "./sync/open_channel.ts";
export { Condition, type ConditionStatistics } from "./sync/condition.ts";
export * from "./task/create_task.ts";
export { allTasks, currentTask } from "./task/current_task.ts";
export * from "./task/eager_task_factory.ts";
export type { ExceptionContext, ExceptionHandler, ExecutorLike, Loop } from "./loop/contract.ts";
export { Event, type EventStatistics } from "./sync/event.ts";
export type { Eventual } from "./task/eventual.ts";
export { isCoroutine, isCoroutineFunction } from "./task/coroutine_like.ts";
export { ensureFuture, isFuture } from "./task/ensure_future.ts";
export * from "./loop/event_loop.ts";
export * from "./wait/gather.ts";
export { Handle, RepeatingHandle, TimerHandle } from "./loop/handles.ts";
export { LoopFuture as Future } from "./task/loop_future.ts";
export { LifoQueue } from "./sync/lifo_queue.ts";
export { Lock, type LockStatistics } from "./sync/lock.ts";
export * from "./loop/loops.ts";
export type { Operation } from "./task/operation.ts";
export type { WorkFuture } from "./task/work_future.ts";
export { PriorityQueue } from "./sync/priority_queue.ts";
export type { Compare, ItemStore } from "../sync/item_store.ts";
export { Queue, type QueueStatistics } from "./sync/queue.ts";
export { race } from "./wait/race.ts";
export * from "./loop/run.ts";
export { runCoroutineThreadsafe } from "./loop/run_coroutine_threadsafe.ts";
export { Runner, type RunnerRunOptions, type RunOptions } from "./loop/runner.ts";
export * from "./wait/sleep.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics } from "./sync/semaphore.ts";
export { shield } from "./wait/shield.ts";
export { Task } from "./task/task.ts";
export { TaskGroup, type TaskGroupStatistics } from "./scope/task_group.ts";
export { printTaskTree, taskTree } from "./task/task_tree.ts";
export { Timeout, timeout, timeoutAt } from "./scope/timeout.ts";
export { toThread } from "./loop/to_thread.ts";
export { type ReturnWhen, wait, type WaitForSeveralOptions, type WaitResult } from "./wait/wait.ts";
export { waitFor } from "./wait/wait_for.ts";
export { achunk, type AchunkOptions } from "./iterators/achunk.ts";
export {
  aclosing,
  type AsyncClosable,
  AsyncClosing,
  type ItemOfAsync,
} from "./context/aclosing.ts";
export { abuffer } from "./iterators/abuffer.ts";
export { afilter } from "./iterators/afilter.ts";
export { amap, type AmapOptions } from "./iterators/amap.ts";
export { amerge, type ItemOfSource } from "./iterators/amerge.ts";
export { azip, type Zipped } from "./iterators/azip.ts";
export {
  AsyncContextManager,
  asyncContextManager,
  EnteredAsyncContext,
} from "./context/async_context_manager.ts";
export { type AnyDisposable, AsyncExitStack } from "./context/async_exit_stack.ts";
export type { Source } from "./iterators/async_source.ts";
export type { StreamPair } from "./streams/connection_streams.ts";
export { Context, copyContext } from "./context/context.ts";
export { contextManager, EnteredContext } from "./context/context_manager.ts";
export { ContextVar, type ContextVarOptions, Token } from "./context/context_var.ts";
export {
  createDatagramEndpoint,
  type Datagram,
  type DatagramAddress,
  DatagramEndpoint,
  type DatagramEndpointOptions,
  type DatagramEndpointStatistics,
} from "./streams/datagram_endpoint.ts";
export { ExitStack } from "./context/exit_stack.ts";
export {
  type Address,
  type ConnectionOptions,
  openConnection,
  openUnixConnection,
  type StreamOptions,
} from "./streams/open_connection.ts";
export {
  type ClientHandler,
  type Listener,
  Server,
  type ServerStatistics,
} from "./streams/server.ts";
export { type ServerOptions, startServer, startUnixServer } from "./streams/start_server.ts";
export {
  type Bytes,
  type ByteSource,
  type Separator,
  StreamReader,
  type StreamReaderOptions,
  type StreamReaderStatistics,
} from "./streams/stream_reader.ts";
export {
  type ByteSink,
  type StartTlsOptions,
  StreamWriter,
  type StreamWriterStatistics,
} from "./streams/stream_writer.ts";
export {
  createSubprocess,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  type Redirection,
  Subprocess,
  type SubprocessArguments,
  type SubprocessOptions,
} from "./streams/subprocess.ts";
export { checkpoint, currentSignal } from "../core/current.ts";
export type { WaitOptions } from "../core/deadline.ts";
export {
  BrokenBarrierError,
  CancelledError,
  DeadlockError,
  EmptyError,
  EOFError,
  FullError,
  IncompleteReadError,
  InvalidStateError,
  LimitOverrunError,
  NotOwnerError,
  ProcessExitedError,
  ShutDownError,
  TimeoutError,
} from "../core/errors.ts";
export { type ErrorCondition, ExceptionGroup } from "../core/errors.ts";
export { Guard } from "../core/guard.ts";
export type { Callback } from "./loop/handles.ts";
export type { Cancellable, Entry, Ready, TaskLike } from "./loop/contract.ts";
export type { CoroutineBody, Driven } from "./task/coroutine_driver.ts";
export type { DeadlockWatch } from "./loop/deadlock_watch.ts";
export type { PassOwner } from "./loop/ready_queue.ts";
export type { Scope } from "./scope/scope.ts";
export type { Work } from "../core/current.ts";
export type { Future as ConcurrentFuture, FutureState } from "../core/future.ts";
export type { DoneCallback } from "../core/waker.ts";
