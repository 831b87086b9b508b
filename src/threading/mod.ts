/**
 * Threads that share memory, and what they wait for each other with.
 *
 * @module
 */
export * from "./barrier.ts";
export * from "./condition.ts";
export * from "./event.ts";
export * from "./excepthook.ts";
export * from "./gil.ts";
export * from "./local.ts";
export * from "./lock.ts";
export type { UntimedWait } from "./lock_like.ts";
export * from "./registry.ts";
export * from "./rlock.ts";
export * from "./rwlock.ts";
export * from "./semaphore.ts";
export * from "./shared_array.ts";
export { sleep, sleepSync } from "./sleep.ts";
export { type AnyThread, Thread, type ThreadOptions } from "./thread.ts";
export * from "./thread_dump.ts";
export * from "./timer.ts";
export * from "./value.ts";
export type { NumberOf, NumberType, ViewOf } from "./number_type.ts";
export { checkpoint, currentSignal } from "../core/mod.ts";
export { portable, portableModule, transfer } from "../wire/mod.ts";
export {
  BrokenBarrierError,
  BrokenExecutorError,
  DeadlockError,
  InvalidStateError,
  NotOwnerError,
  StoppedError,
  TransferError,
} from "../core/mod.ts";
