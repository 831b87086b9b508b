import { Barrier, type BarrierOptions } from "../sync/barrier.ts";
import { Condition } from "../sync/condition.ts";
import { Event } from "../sync/event.ts";
import { Lock } from "../sync/lock.ts";
import { ManagedArray } from "./managed_array.ts";
import { ManagedDict } from "./managed_dict.ts";
import { ManagedList } from "./managed_list.ts";
import { Pool } from "../pool/pool.ts";
import type { PoolOptions } from "../pool/pool_options.ts";
import { JoinableQueue, Queue } from "../sync/queue.ts";
import { RLock } from "../sync/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import { Value } from "./value.ts";
import type { ValueNumber, ValueType } from "./value_type.ts";

/** Named values that processes share: a {@link ManagedDict} with names for keys. */
export type ManagedNamespace = ManagedDict<string, unknown>;

/**
 * Makes objects that processes share.
 *
 * - They live in the process that asks for them, and cross to others as arguments, inside values and through queues.
 *   Not like Python, which starts a server process for them.
 * - An error there is the caller's error, with its class.
 *
 * Source: `multiprocessing.managers.SyncManager`.
 */
export class SyncManager implements AsyncDisposable {
  /** A map. */
  dict<K = string, V = unknown>(
    entries: Iterable<readonly [K, V]> | Readonly<Record<string, V>> = [],
  ): ManagedDict<K, V> {
    return new ManagedDict(entries);
  }

  /** A list. */
  list<T = unknown>(items: Iterable<T> = []): ManagedList<T> {
    return new ManagedList(items);
  }

  /** Named values. */
  namespace(values: Readonly<Record<string, unknown>> = {}): ManagedNamespace {
    return new ManagedDict(values);
  }

  /** Named values; Python's spelling. */
  Namespace(values: Readonly<Record<string, unknown>> = {}): ManagedNamespace {
    return this.namespace(values);
  }

  /** A queue. */
  Queue<T = unknown>(maxsize = 0): Queue<T> {
    return new Queue(maxsize);
  }

  /** A queue that knows when all is done. */
  JoinableQueue<T = unknown>(maxsize = 0): JoinableQueue<T> {
    return new JoinableQueue(maxsize);
  }

  /** A lock. */
  Lock(): Lock {
    return new Lock();
  }

  /** A re-entrant lock. */
  RLock(): RLock {
    return new RLock();
  }

  /** A semaphore. */
  Semaphore(value = 1): Semaphore {
    return new Semaphore(value);
  }

  /** A bounded semaphore. */
  BoundedSemaphore(value = 1): BoundedSemaphore {
    return new BoundedSemaphore(value);
  }

  /** A condition. */
  Condition(lock?: Lock | RLock): Condition {
    return new Condition(lock);
  }

  /** An event. */
  Event(): Event {
    return new Event();
  }

  /** A barrier. */
  Barrier(parties: number, options: BarrierOptions = {}): Barrier {
    return new Barrier(parties, options);
  }

  /** A number. */
  Value<T extends ValueType = "i32">(initial?: ValueNumber<T>, type?: T): Value<T> {
    return new Value(initial, type);
  }

  /** Numbers. Not like Python: the numbers, or how many, stand before the type. */
  array<T extends ValueType = "i32">(
    lengthOrValues?: number | Iterable<ValueNumber<T>>,
    type?: T,
  ): ManagedArray<T> {
    return new ManagedArray(lengthOrValues, type);
  }

  /** Numbers; Python's other spelling. */
  Array<T extends ValueType = "i32">(
    lengthOrValues?: number | Iterable<ValueNumber<T>>,
    type?: T,
  ): ManagedArray<T> {
    return this.array(lengthOrValues, type);
  }

  /** A pool of processes. */
  Pool(options?: PoolOptions | number): Pool {
    return new Pool(options);
  }

  /** Does nothing: what it made is gone when nobody has it any more. */
  shutdown(): void {}

  /** The same as {@link SyncManager.shutdown}. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

/**
 * Makes a manager: `Manager()` or `new Manager()`.
 *
 * Source: `multiprocessing.Manager`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ManagedDict, Manager, Process } from "@quartet/concurrency/multiprocessing";
 *
 * const manager = Manager();
 * const ages = manager.dict({ ann: 30 });
 * const process = new Process({
 *   target: async (ages: ManagedDict<string, number>) => await ages.set("bob", 40),
 *   args: [ages as ManagedDict<string, number>],
 * }).start();
 * await process.join();
 * assertEquals(await ages.entries(), [["ann", 30], ["bob", 40]]);
 * ```
 */
export const Manager: { (): SyncManager; new (): SyncManager } = function Manager() {
  return new SyncManager();
} as unknown as { (): SyncManager; new (): SyncManager };
