import {
  isRunning,
  mainIdentity,
  myThread,
  registeredThreads,
} from "../../shared/thread/thread_slot.ts";
import { type AnyThread, threadObject } from "./thread.ts";

/**
 * The thread that this code runs on.
 *
 * On a thread that was started by another one, its `result` and `stop()` belong to that other one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { currentThread, mainThread } from "@quartet/concurrency/threading";
 *
 * assertEquals(currentThread(), mainThread());
 * assertEquals(mainThread().name, "MainThread");
 * ```
 */
export function currentThread(): AnyThread {
  return threadObject(myThread());
}

/** The first thread of the program. */
export function mainThread(): AnyThread {
  return threadObject(mainIdentity());
}

/** All threads that have started and not ended, the main thread and those of pools included. */
export function enumerate(): AnyThread[] {
  return registeredThreads().filter(isRunning).toSorted((a, b) => a - b).map(threadObject);
}

/** How many threads have started and not ended. */
export function activeCount(): number {
  return registeredThreads().filter(isRunning).length;
}

/** The identity of the thread that this code runs on: `currentThread().id`. */
export function getIdent(): number {
  return myThread();
}

/** How many threads this machine runs at the same time. */
export const hardwareConcurrency: number = navigator.hardwareConcurrency;
