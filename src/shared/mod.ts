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
export * from "./deadlock.ts";
export * from "./handle.ts";
export { allocate, allocatePages, blockSize, free, freePages } from "./heap.ts";
export { park, type Parked, type ParkOptions } from "./park.ts";
export { parkAsync } from "./park_async.ts";
export { allWaits, CONTENDED, ownerIn, parkedAt, unpark, type Wait } from "./parking_lot.ts";
export * from "./mutex.ts";
export { REFUSED } from "./parking_lot.ts";
export * from "./residence.ts";
export * from "./retirement.ts";
export { rouse, sleepOn } from "./parking.ts";
export { spinWhile } from "./spin.ts";
export { askToStop, beginEpoch, followEpochs, stopAsked, stopError, stopped } from "./stop_word.ts";
export * from "./thread_slot.ts";
export * from "./wait_kind.ts";
export * from "./waiting.ts";
export * from "./words.ts";
