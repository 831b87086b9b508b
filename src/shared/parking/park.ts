/**
 * `park`, `parkLater`, `unpark`: the one way to wait.
 *
 *     park(word, expected) ──▶ "woken"     chosen by an unpark; exact: each unpark of n chooses n that wait
 *                              "changed"   the word was not `expected`: look again
 *                              "timedOut"  the deadline passed     "stopped"   the thread was asked to stop
 *                              "aborted"   the signal aborted      "orphaned"  the owner of what is
 *                              "refused"   turned away by unpark               waited for has ended
 *                              "withdrawn" the waiter has given it up (`AsyncPark.leave`)
 *
 * - Neither throws: what an outcome means is the caller's to say.
 * - Waiters are chosen in the order of arrival, blocked threads and promises in one line; but a thread that blocks comes
 *   before its own promises, which cannot go on meanwhile.
 * - A wait that ends in the moment in which it is chosen counts as chosen. So a wake-up is never lost,
 *   but a woken waiter that does not take what it waited for must `unpark` the next.
 * - A blocked thread sees no signal (its event loop stands still), only the deadline and its stop word.
 */
import type { Deadline } from "../../core/deadline.ts";
import { perturbation } from "../../core/perturbation.ts";
import { futexWait } from "./futex.ts";
import { delist, describe, enlist, NODE, ownerIn, type Verdict, verdictOf } from "./parking_lot.ts";
import { checkForDeadlock } from "./deadlock.ts";
import { stopAsked } from "../thread/stop_word.ts";
import { isRegistered, me, myThread, SLOT, slotOf } from "../thread/thread_slot.ts";
import { load, store, wordView } from "../memory/words.ts";

/** How a park ended. */
export type Parked = Verdict | "changed" | "timedOut" | "stopped" | "aborted" | "withdrawn";

/** What bounds a park, and what it is for. */
export interface ParkOptions {
  /** When it ends at the latest; without it: never. */
  readonly deadline?: Deadline;
  /** Ends a `parkLater`. */
  readonly signal?: AbortSignal | undefined;
  /** What is waited for, from `WaitKind`, for dumps. */
  readonly kind?: number;
  /** The address of the word that names the thread which holds what is waited for (`mutex.ts`). */
  readonly owner?: number;
  /** Whether a stop is ignored: for a wait that must not be left, as to take a condition's lock again. */
  readonly unstoppable?: boolean | undefined;
  /** The line to whose first a wake-up is passed on if the thread ends in this wait; 0: none. */
  readonly owes?: number | undefined;
  /** Called once the wait stands in line and before it sleeps: where a condition lets go of its lock. */
  readonly enlisted?: () => void;
}

/** Blocks this thread while the word at `at` is `expected`, until it is chosen or the options end it. */
export function park(at: number, expected: number, options: ParkOptions = {}): Parked {
  const node = slotOf(myThread()) + SLOT.node;
  const stoppable = options.unstoppable !== true;
  if (stoppable && stopAsked()) return "stopped";
  perturbation.by?.stall();
  store(node + NODE.signal, 0);
  const early = join(node, at, expected, options);
  if (early !== undefined) return early;
  options.enlisted?.();
  if (options.owner !== undefined && options.owner !== 0) checkForDeadlock(me);
  while (true) {
    const signal = load(node + NODE.signal);
    const verdict = verdictOf(signal);
    if (verdict !== undefined) {
      perturbation.by?.stall();
      return verdict;
    }
    if (stoppable && stopAsked()) {
      if (delist(node)) return "stopped";
      continue; // chosen meanwhile: the bit is there, or will be at once
    }
    const left = options.deadline?.remaining() ?? Infinity;
    if (left <= 0) {
      if (delist(node)) return "timedOut";
      continue;
    }
    futexWait(node + NODE.signal, signal, left);
  }
}

/** Puts a node in line, unless there is nothing to wait for. */
export function join(
  node: number,
  at: number,
  expected: number,
  options: ParkOptions,
): Parked | undefined {
  const timed = options.deadline !== undefined && options.deadline.at !== Infinity;
  const owner = options.owner ?? 0;
  describe(node, myThread(), options.kind ?? 0, timed, owner);
  wordView()[node + NODE.owes] = options.owes ?? 0;
  if (!enlist(node, at, expected)) return "changed";
  // Only now: an owner that ends later finds the node in the line.
  if (owner === 0) return undefined;
  const thread = ownerIn(load(owner));
  if (thread === 0 || isRegistered(thread)) return undefined;
  return delist(node) ? "orphaned" : undefined;
}
