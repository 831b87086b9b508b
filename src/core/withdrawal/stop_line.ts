import { WaitList, WaitNode } from "../collections/wait_list.ts";

/** What ends when the work that began it is asked to stop. */
export abstract class Stoppable extends WaitNode<Stoppable> {
  /** The work was asked to stop. */
  abstract stopped(reason: unknown): void;
}

const lines = new WeakMap<AbortSignal, WaitList<Stoppable>>();

/**
 * The line of what ends when the work of this signal is asked to stop.
 *
 * Its listener stays as long as the signal, for work that waits again and again: a listener of the platform costs as much as a
 * wait. It is for signals of work alone, since one of a timeout holds the process while somebody listens.
 */
export function stopLine(signal: AbortSignal): WaitList<Stoppable> {
  let line = lines.get(signal);
  if (line === undefined) {
    const made = line = new WaitList<Stoppable>();
    lines.set(signal, made);
    signal.addEventListener("abort", () => stopAll(made, signal.reason), { once: true });
  }
  return line;
}

/** Stops all; one that throws keeps no other from it. */
function stopAll(line: WaitList<Stoppable>, reason: unknown): void {
  for (let next = line.shift(); next !== null; next = line.shift()) {
    try {
      next.stopped(reason);
    } catch (error) {
      reportError(error);
    }
  }
}
