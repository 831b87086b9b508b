/**
 * Threads that share memory, and what they wait for each other with.
 *
 * | you want                                                        | use                      |
 * |-----------------------------------------------------------------|--------------------------|
 * | a function to run beside this one                               | {@link Thread}           |
 * | many short functions run, their results kept in order           | `futures.ThreadPoolExecutor` |
 * | one at a time in here                                           | {@link Lock}             |
 * | that, and calls inside that take it again                       | {@link RLock}            |
 * | many readers or one writer                                      | {@link RWLock}           |
 * | at most n at a time                                             | {@link Semaphore}, {@link BoundedSemaphore} |
 * | to wait until something has happened                            | {@link Event}            |
 * | to wait until something is true that a lock protects            | {@link Condition}        |
 * | n threads to wait for each other                                | {@link Barrier}          |
 * | a number or a row of numbers that all can change                | {@link Value}, {@link SharedArray} |
 * | values passed from one to another                               | `queue.Queue`            |
 * | a value that each thread has for itself                         | {@link Local}            |
 * | a call after some time                                          | {@link Timer}            |
 * | to see which thread waits for which                                      | {@link dumpThreads}, {@link findDeadlocks} |
 * | to see what Python's global lock does                           | {@link Gil}              |
 * | work that can be killed, or must not share memory               | `multiprocessing`        |
 *
 * Each way to wait has two forms that may be mixed: `acquire()` returns a promise, `acquireSync()` blocks
 * the thread; `tryAcquire()` never waits. Times are milliseconds.
 *
 * Not like Python: threads run in parallel, so what they share must be one of these; everything else is
 * copied when it is passed to a thread. Targets are found by importing their module there, so a script
 * starts its threads under `if (import.meta.main)`.
 *
 * @module
 */
export * from "./sync/barrier.ts";
export * from "./sync/condition.ts";
export * from "./sync/event.ts";
export * from "./thread/excepthook.ts";
export * from "./sync/gil.ts";
export * from "./memory/local.ts";
export { Lock, type LockOptions } from "./sync/lock.ts";
export type { UntimedWait } from "../core/deadline.ts";
export * from "./thread/native_id.ts";
export * from "./thread/registry.ts";
export { RLock, type RLockStatistics } from "./sync/rlock.ts";
export * from "./sync/rwlock.ts";
export * from "./sync/semaphore.ts";
export * from "./memory/shared_array.ts";
export { sleep, sleepSync } from "./thread/sleep.ts";
export { type AnyThread, Thread, type ThreadOptions } from "./thread/thread.ts";
export * from "./thread/thread_dump.ts";
export * from "./thread/timer.ts";
export * from "./memory/value.ts";
export type { NumberOf, NumberType, ViewOf } from "./memory/number_type.ts";
export { checkpoint, currentSignal } from "../core/current.ts";
export type { WaitOptions } from "../core/deadline.ts";
export { Guard, type Releasable } from "../core/guard.ts";
export type { Handle } from "../shared/memory/handle.ts";
export type { MutexStatistics } from "../shared/sync/mutex.ts";
export {
  type AnyFunction,
  portable,
  type PortableModule,
  portableModule,
} from "../wire/codec/portable.ts";
export { transfer } from "../wire/codec/transfer.ts";
export {
  BrokenBarrierError,
  BrokenExecutorError,
  DeadlockError,
  InvalidStateError,
  NotOwnerError,
  StoppedError,
  TransferError,
} from "../core/errors.ts";
