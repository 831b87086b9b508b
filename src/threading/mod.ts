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
 * | to know who waits for whom                                      | {@link dumpThreads}, {@link findDeadlocks} |
 * | to see what Python's global lock does                           | {@link Gil}              |
 * | work that can be killed, or must not share memory               | `multiprocessing`        |
 *
 * Each way to wait has two forms that may be mixed: `acquire()` answers a promise, `acquireSync()` blocks
 * the thread; `tryAcquire()` never waits. Times are milliseconds.
 *
 * Not like Python: threads run in parallel, so what they share must be one of these; everything else is
 * copied when it is passed to a thread. Targets are found by importing their module there, so a script
 * starts its threads under `if (import.meta.main)`.
 *
 * @module
 */
export * from "./barrier.ts";
export * from "./condition.ts";
export * from "./event.ts";
export * from "./excepthook.ts";
export * from "./gil.ts";
export * from "./local.ts";
export { Lock, type LockOptions } from "./lock.ts";
export type { UntimedWait } from "./untimed_wait.ts";
export * from "./native_id.ts";
export * from "./registry.ts";
export { RLock, type RLockStatistics } from "./rlock.ts";
export * from "./rwlock.ts";
export * from "./semaphore.ts";
export * from "./shared_array.ts";
export { sleep, sleepSync } from "./sleep.ts";
export { type AnyThread, Thread, type ThreadOptions } from "./thread.ts";
export * from "./thread_dump.ts";
export * from "./timer.ts";
export * from "./value.ts";
export type { NumberOf, NumberType, ViewOf } from "./number_type.ts";
export {
  checkpoint,
  currentSignal,
  Guard,
  type Releasable,
  type WaitOptions,
} from "../core/mod.ts";
export type { Handle, MutexStatistics } from "../shared/mod.ts";
export {
  type AnyFunction,
  portable,
  type PortableModule,
  portableModule,
  transfer,
} from "../wire/mod.ts";
export {
  BrokenBarrierError,
  BrokenExecutorError,
  DeadlockError,
  InvalidStateError,
  NotOwnerError,
  StoppedError,
  TransferError,
} from "../core/mod.ts";
