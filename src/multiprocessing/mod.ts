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
 * | to see which processes block each other | {@linkcode findDeadlocks} |
 * | processes that did not start each other | {@linkcode Listener} and {@linkcode Client}, {@linkcode BaseManager} |
 *
 * When memory may be shared and nothing has to be killed, `./threading` costs less. A process starts in the time of a
 * small script; a message takes some tens of microseconds.
 *
 * Every method that touches something shared is a promise. On Linux, with `--allow-ffi`, locks and their like and queues
 * stand in memory that the family of processes shares: there they cost a fraction of a message, and `acquireSync()`,
 * `waitSync()` and `getSync()` block; where no process is there that could end that, as right after the `start()` of the only
 * one, they throw a `DeadlockError`. Elsewhere, and for a child without it, the process that made them serves them. A
 * child imports the module of its target, so a script guards what it does by itself with `if (import.meta.main) { … }`.
 *
 * | limit of the memory that a family shares | past it |
 * |---|---|
 * | 1 GiB for all objects and items, less where the host bounds addresses; a lock takes 64 bytes, a queue 4 KiB, a pipe 8 KiB | what is made is served; a put or a send rejects with a `RangeError`, and nothing has changed. Room comes back when items are taken, and when objects are closed or collected |
 * | 511 processes at a time that use it | the others are served |
 * | 4 MiB of it are for waits alone, so that a full memory stops no waiter; a thousand waits for one object take 64 bytes, and their number is not bounded | a wait rejects with a `RangeError` |
 * | 256 waits in line at one queue or pipe, over all processes | the others look each 0.2 seconds whether they can go on, and not in the order in which they came |
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
export type { ListenerAddress } from "./objects/address.ts";
export { AsyncResult, type ResultCallbacks } from "./pool/async_result.ts";
export { Barrier, type BarrierOptions, type BarrierStatistics } from "./sync/barrier.ts";
export {
  BaseManager,
  type BaseManagerOptions,
  type BaseManagerStatistics,
  type Managed,
  type RegisterOptions,
} from "./managers/base_manager.ts";
export { BaseQueue } from "./sync/base_queue.ts";
export { BasePool } from "./pool/base_pool.ts";
export { Client, type ClientOptions } from "./connection/client.ts";
export { Condition, type ConditionStatistics } from "./sync/condition.ts";
export { Connection, type ConnectionStatistics } from "./connection/connection.ts";
export { type Context, getContext } from "./process/context.ts";
export { Event, type EventStatistics } from "./sync/event.ts";
export { ImapIterator } from "./pool/imap_iterator.ts";
export type { EncodedMessage } from "./objects/message.ts";
export { Listener, type ListenerOptions, type ListenerStatistics } from "./connection/listener.ts";
export { Lock, type LockStatistics } from "./sync/lock.ts";
export { ManagedArray, type ManagedArrayStatistics } from "./managers/managed_array.ts";
export { ManagedDict } from "./managers/managed_dict.ts";
export { ManagedList } from "./managers/managed_list.ts";
export { type ManagedNamespace, Manager, SyncManager } from "./managers/manager.ts";
export type { Access, ProcessPermissions } from "./process/permissions.ts";
export { Pipe } from "./connection/pipe.ts";
export { Pool } from "./pool/pool.ts";
export type { ChunkOptions, Inputs, PoolOptions } from "./pool/pool_options.ts";
export { Process } from "./process/process.ts";
export { setSpares } from "./process/spares.ts";
export type { ProcessOptions, ProcessStatistics } from "./process/process_options.ts";
export { JoinableQueue, Queue, SimpleQueue } from "./sync/queue.ts";
export type { QueueStatistics } from "./sync/queue_core.ts";
export {
  activeChildren,
  cpuCount,
  currentProcess,
  getAllStartMethods,
  getStartMethod,
  parentProcess,
  type ProcessInfo,
  setStartMethod,
  startMethods,
} from "./process/process_info.ts";
export { RLock, type RLockStatistics } from "./sync/rlock.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics } from "./sync/semaphore.ts";
export type { Caller, Core } from "./objects/served_objects.ts";
export { type Shareable, ShareableList } from "./memory/shareable_list.ts";
export { SharedArray, type SharedView } from "./memory/shared_array.ts";
export {
  SharedMemory,
  type SharedMemoryOptions,
  type SharedMemoryStatistics,
} from "./memory/shared_memory.ts";
export {
  SharedMemoryManager,
  type SharedMemoryManagerStatistics,
} from "./managers/shared_memory_manager.ts";
export type { Acquirable } from "./sync/acquirable.ts";
export type { ObjectAddress } from "./objects/journey.ts";
export { SharedObject } from "./objects/shared_object.ts";
export { ThreadPool, type ThreadPoolOptions } from "./pool/thread_pool.ts";
export { findDeadlocks, type ProcessDeadlock, type ProcessWait } from "./sync/deadlock.ts";
export { Value } from "./managers/value.ts";
export type { ValueNumber, ValueStatistics, ValueType } from "./managers/value_type.ts";
export { wait, type Waitable } from "./connection/wait.ts";
export { checkpoint, currentSignal } from "../core/current.ts";
export type { WaitOptions } from "../core/deadline.ts";
export {
  AuthenticationError,
  BrokenBarrierError,
  BrokenExecutorError,
  CancelledError,
  DeadlockError,
  EmptyError,
  EOFError,
  FullError,
  InvalidStateError,
  NotOwnerError,
  ProcessExitedError,
  RemoteError,
  ShutDownError,
  StoppedError,
  TimeoutError,
  TransferError,
} from "../core/errors.ts";
export { Guard } from "../core/guard.ts";
export {
  type Handle,
  returns,
  type Source,
  type Traveller,
  travels,
} from "../shared/memory/handle.ts";
export {
  type AnyFunction,
  portable,
  type PortableModule,
  portableModule,
} from "../wire/codec/portable.ts";
export { transfer } from "../wire/codec/transfer.ts";
export type { AuthKey } from "../wire/frames/authentication.ts";
export type { PoolStatistics, TimeHistogramSummary } from "../wire/pool/pool_statistics.ts";
