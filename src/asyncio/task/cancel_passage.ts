import type { Cancellable, TaskLike } from "../loop/contract.ts";
import { LoopFuture } from "./loop_future.ts";

/** A task, as a cancel on its way meets it. */
interface Passed extends Cancellable {
  /** Ends what it waits for, or has its next wait end at once. */
  interruptNow(message: string | undefined): void;
}

/**
 * A cancel on its way from task to task: each that is asked cancels what it waits for, which may be a task again.
 *
 * Passed on in a list and not by calls within calls, since a chain of tasks may be longer than the stack is deep. A task
 * is asked once; one that is met again waits for itself, over others.
 */
class CancelPassage {
  readonly #line: Passed[] = [];
  readonly #messages: (string | undefined)[] = [];
  readonly #met = new Set<Passed>();
  /** What those that were met again wait for, be it over others; only as long as no ring is broken up. */
  readonly #reached = new Map<Passed, Set<Cancellable>>();
  #asked: Passed | null = null;
  #closesRing = false;

  /** Adds a task that is to be asked. */
  meet(task: Passed, message: string | undefined): void {
    if (this.#met.has(task)) {
      this.#closesRing ||= this.#reachedFrom(task).has(this.#asked!);
      return;
    }
    this.#met.add(task);
    this.#line.push(task);
    this.#messages.push(message);
  }

  /** Asks all, and those that are met on the way. */
  run(): void {
    for (let at = 0; at < this.#line.length; at++) {
      this.#asked = this.#line[at]!;
      this.#asked.interruptNow(this.#messages[at]);
    }
  }

  /** Whether the wait that was just cancelled turned out to be one for the waiter itself; asked once for each. */
  takeRing(): boolean {
    const closed = this.#closesRing;
    this.#closesRing = false;
    if (closed) this.#reached.clear();
    return closed;
  }

  /** Walked once for all that wait for the same task: many may. */
  #reachedFrom(task: Passed): Set<Cancellable> {
    const known = this.#reached.get(task) ?? reach(task);
    this.#reached.set(task, known);
    return known;
  }
}

let current: CancelPassage | null = null;

/** Passes a cancel to `task`, and on to whatever it waits for. */
export function passCancel(task: Passed, message: string | undefined): void {
  if (current !== null) return current.meet(task, message);
  current = new CancelPassage();
  try {
    current.meet(task, message);
    current.run();
  } finally {
    current = null;
  }
}

/** Cancels a wait of `task`; of a ring of tasks, in which it waits for itself, only this wait. */
export function endWaitOf(
  task: TaskLike<unknown> & { readonly gentle: boolean },
  wait: Cancellable,
  message: string | undefined,
): boolean {
  if (task.gentle && wait.arrived) return false;
  const ended = wait.cancel(message);
  if (!closedRing() || !(wait instanceof LoopFuture)) return ended;
  task.endWait(wait);
  wait.dismiss(task, message);
  return true;
}

/** Whether the wait that was just cancelled turned out to be one for the waiter itself. */
export function closedRing(): boolean {
  return current !== null && current.takeRing();
}

/** What `from` waits for, be it over others, and itself. */
function reach(from: Cancellable): Set<Cancellable> {
  const seen = new Set<Cancellable>([from]);
  for (const each of seen) {
    for (const next of each.waitsFor ?? []) seen.add(next);
  }
  return seen;
}
