/** The primitives between processes in both of their ways: in the family's memory, and served by the process that made them. */
import { constructFor } from "../../src/core/construct_for.ts";
import * as mp from "../../src/multiprocessing/mod.ts";
import { type AnyLockCore, ConditionCore } from "../../src/multiprocessing/sync/condition.ts";
import { BarrierCore } from "../../src/multiprocessing/sync/barrier.ts";
import { EventCore } from "../../src/multiprocessing/sync/event.ts";
import { SemaphoreCore } from "../../src/multiprocessing/sync/semaphore.ts";
import { ValueCore } from "../../src/multiprocessing/managers/value.ts";
import { LockCore } from "../../src/multiprocessing/sync/lock.ts";
import { RLockCore } from "../../src/multiprocessing/sync/rlock.ts";
import { coreOf } from "../../src/multiprocessing/objects/shared_object.ts";
import { LockState } from "../../src/sync/lock.ts";
import { RLockState } from "../../src/sync/rlock.ts";

/** How the primitives are made in one way. */
export interface Way {
  readonly name: "mapped" | "served";
  lock(): mp.Lock;
  rlock(): mp.RLock;
  condition(lock?: mp.Lock | mp.RLock): mp.Condition;
  semaphore(value?: number): mp.Semaphore;
  boundedSemaphore(value?: number): mp.BoundedSemaphore;
  event(): mp.Event;
  barrier(parties: number, action?: () => void): mp.Barrier;
  value<T extends mp.ValueType = "i32">(initial?: number | bigint, type?: T): mp.Value<T>;
}

/** As they are here, where processes share memory. */
export const mapped: Way = {
  name: "mapped",
  lock: () => new mp.Lock(),
  rlock: () => new mp.RLock(),
  condition: (lock) => new mp.Condition(lock),
  semaphore: (value) => new mp.Semaphore(value),
  boundedSemaphore: (value) => new mp.BoundedSemaphore(value),
  event: () => new mp.Event(),
  barrier: (parties, action) => new mp.Barrier(parties, { action }),
  value: (initial, type) => new mp.Value(initial, type),
};

/** As they are where a process has no `--allow-ffi`. */
export const served: Way = {
  name: "served",
  lock: () => constructFor({ core: new LockCore(new LockState<string>()) }, mp.Lock),
  rlock: () => constructFor({ core: new RLockCore(new RLockState<string>()) }, mp.RLock),
  condition(lock = served.rlock()) {
    const core = new ConditionCore(coreOf(lock) as unknown as AnyLockCore);
    return constructFor({ core }, mp.Condition);
  },
  semaphore: (value = 1) =>
    constructFor({ core: new SemaphoreCore(value, Infinity) }, mp.Semaphore, value),
  boundedSemaphore: (value = 1) =>
    constructFor({ core: new SemaphoreCore(value, value) }, mp.BoundedSemaphore, value),
  event: () => constructFor({ core: new EventCore() }, mp.Event),
  barrier: (parties, action) =>
    constructFor({ core: new BarrierCore(parties, { action }) }, mp.Barrier, parties),
  value: (initial = 0, type) =>
    constructFor({ core: new ValueCore(initial, type ?? "i32") }, mp.Value, initial, type),
};

/** Both. */
export const WAYS: readonly Way[] = [mapped, served];
