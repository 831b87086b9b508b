/**
 * Work in other processes: isolated, limited in what it may do, and killable.
 *
 * | you have | use |
 * |---|---|
 * | one function to run beside this program | {@linkcode Process} |
 * | many calls to spread over the processors | {@linkcode Pool}, or `ProcessPoolExecutor` of `./futures` |
 * | two processes that talk | {@linkcode Pipe} |
 * | several producers and consumers | {@linkcode Queue}, {@linkcode JoinableQueue}, {@linkcode SimpleQueue} |
 * | something that only one may do at a time | {@linkcode Lock}, {@linkcode RLock}, {@linkcode Semaphore} |
 * | something to wait for | {@linkcode Event}, {@linkcode Condition}, {@linkcode Barrier} |
 * | values that several processes change | {@linkcode Value}, {@linkcode Manager} |
 * | big data, or numbers changed very often | {@linkcode SharedMemory}, {@linkcode SharedArray} (`--allow-ffi`) |
 * | processes that did not start each other | {@linkcode Listener} and {@linkcode Client}, {@linkcode BaseManager} |
 *
 * When memory may be shared and nothing has to be killed, `./threading` costs less. A process starts in the time of a
 * small script; a message takes some tens of microseconds.
 *
 * Everything shared lives in the process that made it; every method that touches it is a promise. A child imports the
 * module of its target, so a script guards what it does by itself with `if (import.meta.main) { … }`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Process, Queue } from "@quartet/concurrency/multiprocessing";
 *
 * const results = new Queue<number>();
 * const process = new Process({
 *   target: async (results: Queue<number>, n: number) => await results.put(n * n),
 *   args: [results, 12],
 * }).start();
 * assertEquals(await results.get(), 144);
 * await process.join();
 * ```
 *
 * @module
 */
export type { ListenerAddress } from "./address.ts";
export { AsyncResult, type ResultCallbacks } from "./async_result.ts";
export { Barrier, type BarrierOptions, type BarrierStatistics } from "./barrier.ts";
export {
  BaseManager,
  type BaseManagerOptions,
  type BaseManagerStatistics,
  type Managed,
  type RegisterOptions,
} from "./base_manager.ts";
export { BasePool } from "./base_pool.ts";
export { Client, type ClientOptions } from "./client.ts";
export { Condition, type ConditionStatistics } from "./condition.ts";
export { Connection, type ConnectionStatistics } from "./connection.ts";
export { type Context, getContext } from "./context.ts";
export { Event, type EventStatistics } from "./event.ts";
export { ImapIterator } from "./imap_iterator.ts";
export type { Letter } from "./letter.ts";
export { Listener, type ListenerOptions, type ListenerStatistics } from "./listener.ts";
export { type ConditionLock, Lock, type LockStatistics } from "./lock.ts";
export { ManagedArray, type ManagedArrayStatistics } from "./managed_array.ts";
export { ManagedDict } from "./managed_dict.ts";
export { ManagedList } from "./managed_list.ts";
export { type ManagedNamespace, Manager, SyncManager } from "./manager.ts";
export type { Access, ProcessPermissions } from "./permissions.ts";
export { Pipe } from "./pipe.ts";
export { Pool } from "./pool.ts";
export type { ChunkOptions, Inputs, PoolOptions } from "./pool_options.ts";
export { Process } from "./process.ts";
export type { ProcessOptions, ProcessStatistics } from "./process_options.ts";
export { JoinableQueue, Queue, SimpleQueue } from "./queue.ts";
export type { QueueStatistics } from "./queue_core.ts";
export {
  activeChildren,
  cpuCount,
  currentProcess,
  getAllStartMethods,
  getStartMethod,
  parentProcess,
  type Relative,
  setStartMethod,
  startMethods,
} from "./relatives.ts";
export { RLock, type RLockStatistics } from "./rlock.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics } from "./semaphore.ts";
export type { Caller, Core } from "./served_objects.ts";
export { type Shareable, ShareableList } from "./shareable_list.ts";
export { SharedArray, type SharedView } from "./shared_array.ts";
export {
  SharedMemory,
  type SharedMemoryOptions,
  type SharedMemoryStatistics,
} from "./shared_memory.ts";
export {
  SharedMemoryManager,
  type SharedMemoryManagerStatistics,
} from "./shared_memory_manager.ts";
export { type Address, SharedObject } from "./shared_object.ts";
export { ThreadPool, type ThreadPoolOptions } from "./thread_pool.ts";
export { Value, type ValueNumber, type ValueStatistics, type ValueType } from "./value.ts";
export { wait, type Waitable } from "./wait.ts";
export {
  AuthenticationError,
  BrokenBarrierError,
  BrokenExecutorError,
  CancelledError,
  checkpoint,
  currentSignal,
  EmptyError,
  EOFError,
  FullError,
  Guard,
  InvalidStateError,
  NotOwnerError,
  ProcessExitedError,
  RemoteError,
  ShutDownError,
  StoppedError,
  TimeoutError,
  TransferError,
  type WaitOptions,
} from "../core/mod.ts";
export {
  type AnyFunction,
  type AuthKey,
  type Handle,
  type PoolStatistics,
  portable,
  type PortableModule,
  portableModule,
  returns,
  type Source,
  type TimeHistogramSummary,
  transfer,
  type Traveller,
  travels,
} from "../wire/mod.ts";
