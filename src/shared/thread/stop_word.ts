/**
 * The agreement by which a thread is asked to stop, and its word that it has ended.
 *
 * A thread cannot be killed: `terminate()` does not end one that is executing (denoland/deno#35657). So it
 * is asked: its stop word is set and whatever it waits for ends with `StoppedError`; a loop that never
 * waits calls `checkpoint()`. The word holds the *epoch* of the work that is meant, so that a request
 * which comes too late does not stop the next piece of work on the same thread.
 */
import { toText } from "../../core/check.ts";
import { StoppedError } from "../../core/errors.ts";
import { onNextThread } from "../../core/parts.ts";
import { futexWake } from "../parking/futex.ts";
import { unpark } from "../parking/parking_lot.ts";
import { isRegistered, me, SLOT, slotOf } from "./thread_slot.ts";
import { load, setBits, store } from "../memory/words.ts";

/** The bit in a parked thread's node that says: look up, something other than your wake-up happened. */
const POKED = 2;

let epoch = 1;
/** Finds the epoch of what runs, where several pieces of work take turns on this thread; `null` elsewhere. */
let epochOfFlow: (() => number | undefined) | null = null;

onNextThread(() => {
  epochOfFlow = null;
});

/**
 * Asks `thread` to stop the work of this epoch: its parks end, `checkpoint()` throws.
 *
 * @param work the epoch; a thread that does one thing in its life is in epoch 1.
 */
export function askToStop(thread: number, work = 1): void {
  if (!isRegistered(thread)) return;
  const slot = slotOf(thread);
  store(slot + SLOT.stop, work);
  futexWake(slot + SLOT.stop);
  setBits(slot + SLOT.node, POKED);
  futexWake(slot + SLOT.node);
}

/** Begins the next piece of work on this thread. A stop that was asked for earlier work is void. */
export function beginEpoch(work: number): void {
  epoch = work;
}

/** Has the epoch of what runs asked for from now on: several pieces of work take turns on this thread. */
export function followEpochs(current: () => number | undefined): void {
  epochOfFlow = current;
}

/** The epoch of what runs here. */
export function currentEpoch(): number {
  return epochOfFlow === null ? epoch : epochOfFlow() ?? epoch;
}

/** Whether the work of an epoch, by default the one that runs here, was asked to stop. */
export function stopAsked(of: number = currentEpoch()): boolean {
  return me !== 0 && load(slotOf(me) + SLOT.stop) === of;
}

/** Says that a thread has ended: its joiners go on. It may still have something to clear up. */
export function announceEnd(thread: number): void {
  if (!isRegistered(thread)) return;
  const running = slotOf(thread) + SLOT.running;
  store(running, 0);
  unpark(running);
}

/** What a wait throws when it ends because of the stop word. */
export function stopped(what: string): StoppedError {
  return new StoppedError(`${what} ended: this thread was asked to stop`);
}

/** What work ends with whose thread was asked to stop for this reason. */
export function stopError(thread: string, reason: unknown): StoppedError {
  const message = `Thread ${JSON.stringify(thread)} was asked to stop`;
  if (reason === undefined) return new StoppedError(message);
  const why = reason instanceof Error ? reason.message : toText(reason);
  return new StoppedError(`${message}: ${why}`, { cause: reason });
}
