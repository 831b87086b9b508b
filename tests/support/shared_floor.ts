/** All of the shared floor as one object, which a raw thread can be given: no code of src wants that. */
export * from "../../src/shared/parking/deadlock.ts";
export * from "../../src/shared/memory/handle.ts";
export {
  allocate,
  allocatePages,
  blockSize,
  free,
  freePages,
} from "../../src/shared/memory/heap.ts";
export { park, type Parked, type ParkOptions } from "../../src/shared/parking/park.ts";
export { parkAsync } from "./park_async.ts";
export { allWaits, parkedAt, unpark, type Wait } from "../../src/shared/parking/parking_lot.ts";
export * from "../../src/shared/sync/mutex.ts";
export { threadMemory } from "../../src/shared/parking/thread_memory.ts";
export * from "../../src/shared/memory/refcount.ts";
export * from "../../src/shared/thread/retirement.ts";
export { futexWait, futexWake } from "../../src/shared/parking/futex.ts";
export { spinWhile } from "../../src/shared/parking/spin.ts";
export {
  askToStop,
  beginEpoch,
  followEpochs,
  stopAsked,
  stopError,
  stopped,
} from "../../src/shared/thread/stop_word.ts";
export * from "../../src/shared/thread/thread_slot.ts";
export * from "../../src/shared/parking/wait_kind.ts";
export * from "../../src/shared/parking/waiting.ts";
export * from "../../src/shared/memory/words.ts";
