/** One thread, many tasks: `asyncio`. */
export type * from "./awaitable.ts";
export * from "./create_task.ts";
export { isCoroutine } from "./coroutine_like.ts";
export { ensureFuture, isFuture } from "./ensure_future.ts";
export * from "./event_loop.ts";
export * from "./gather.ts";
export { Handle, RepeatingHandle, TimerHandle } from "./handles.ts";
export { LoopFuture as Future } from "./loop_future.ts";
export * from "./loops.ts";
export * from "./run.ts";
export type { ExceptionContext, ExceptionHandler } from "./scheduler.ts";
export * from "./sleep.ts";
export { Task } from "./task.ts";
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
export { ExitStack } from "./exit_stack.ts";
export {
  type ConnectionOptions,
  openConnection,
  openUnixConnection,
  type StreamOptions,
} from "./open_connection.ts";
export {
  type ClientHandler,
  Server,
  type ServerOptions,
  type ServerStatistics,
  startServer,
  startUnixServer,
} from "./server.ts";
export {
  type Bytes,
  type ByteSource,
  StreamReader,
  type StreamReaderOptions,
} from "./stream_reader.ts";
export { type ByteSink, StreamWriter, type StreamWriterStatistics } from "./stream_writer.ts";
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
  CancelledError,
  checkpoint,
  currentSignal,
  IncompleteReadError,
  InvalidStateError,
  LimitOverrunError,
  ProcessExitedError,
  TimeoutError,
} from "../core/mod.ts";
