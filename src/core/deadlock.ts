/**
 * Telling waiters that nothing in the program can ever wake them.
 *
 * A library cannot know that: whatever waits here may be woken by a foreign timer, a socket, a callback. The platform
 * does know: when its own loop has run empty it is about to end the program, and says so (`beforeunload`). If somebody
 * still waits then can never be woken, and gets an error instead of a silent exit.
 *
 * While the main module itself waits (top-level await) the platform asks nobody: it ends the program with "Top-level
 * await promise never resolved" and code 1.
 */
import { listenGlobally } from "./parts.ts";

/** Ends the waits of its part; returns whether there were any. */
export type DeadlockHandler = () => boolean;

const handlers = new Set<DeadlockHandler>();
let listening = false;

/** Has `handler` called when the program has run empty; returns how to take that back. */
export function onDeadlock(handler: DeadlockHandler): () => void {
  handlers.add(handler);
  if (!listening) {
    listening = true;
    listenGlobally("beforeunload", tellAll);
  }
  return () => handlers.delete(handler);
}

function tellAll(event: Event): void {
  let ended = false;
  for (const handler of [...handlers]) ended = handler() || ended;
  // The program goes on, with the errors.
  if (ended) event.preventDefault();
}
