/**
 * Memory that every thread can see, and the one way to wait in it. Not exported from the package.
 *
 *     const word = allocate(1);                    // an address: a number, which crosses anywhere
 *     park(word, 0, { deadline })                  // this thread sleeps while the word is 0
 *     store(word, 1); unpark(word);                // another changes it and wakes who sleeps
 *
 * A starting thread is given an {@link Enrolment} and does `takeUp(enrolment)` before anything else;
 * who started it calls `retireThread` when it has ended, however it ended.
 */
export * from "./parking/deadlock.ts";
export * from "./memory/handle.ts";
export { allocate, allocatePages, blockSize, free, freePages } from "./memory/heap.ts";
export { park, type Parked, type ParkOptions } from "./parking/park.ts";
export { parkAsync } from "./parking/park_async.ts";
export {
  allWaits,
  CONTENDED,
  ownerIn,
  parkedAt,
  unpark,
  type Wait,
} from "./parking/parking_lot.ts";
export * from "./sync/mutex.ts";
export { REFUSED } from "./parking/parking_lot.ts";
export * from "./memory/refcount.ts";
export * from "./thread/retirement.ts";
export { rouse, sleepOn } from "./parking/futex.ts";
export { spinWhile } from "./parking/spin.ts";
export {
  askToStop,
  beginEpoch,
  followEpochs,
  stopAsked,
  stopError,
  stopped,
} from "./thread/stop_word.ts";
export * from "./thread/thread_slot.ts";
export * from "./parking/wait_kind.ts";
export * from "./parking/waiting.ts";
export * from "./memory/words.ts";
