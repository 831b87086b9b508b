/**
 * Threads that share memory, and what they wait for each other with.
 *
 * @module
 */
export * from "./barrier.ts";
export * from "./condition.ts";
export * from "./event.ts";
export * from "./lock.ts";
export type { UntimedWait } from "./lock_like.ts";
export * from "./rlock.ts";
export * from "./rwlock.ts";
export * from "./semaphore.ts";
export { sleep, sleepSync } from "./sleep.ts";
