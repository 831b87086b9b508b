/** A lock that belongs to another shared object: its block keeps a handle to it under way for good. */
import { travels } from "../../shared/memory/handle.ts";
import { arrive, releaseInFlight, retainInFlight } from "../../shared/memory/refcount.ts";
import { load, store } from "../../shared/memory/words.ts";
import { Lock } from "./lock.ts";

/** Words of a lock's block. */
const LOCK_SIZE = 3;

/** Makes the lock for a fresh block, and notes its address in the word at `at`. */
export function initLock(at: number): void {
  store(at, new Lock()[travels]("thread").data as number);
}

/** The lock whose address stands in the word at `at`. */
export function lockInside(at: number): Lock {
  return arrive({ at: retainInFlight(load(at)) }, Lock);
}

/** Gives up the lock of a block that is given back. */
export function finalizeLock(at: number): void {
  releaseInFlight(load(at), LOCK_SIZE);
}
