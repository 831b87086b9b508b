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
export {
  CancelledError,
  checkpoint,
  currentSignal,
  InvalidStateError,
  TimeoutError,
} from "../core/mod.ts";
