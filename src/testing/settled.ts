import { anythingReady } from "../core/readiness.ts";

/** Turns in a row in which nothing was ready, after which all is taken to wait. */
const QUIET_TURNS = 3;

/** A turn of the platform's event loop that was asked for. */
export interface Turn {
  /** Takes it back. */
  cancel(): void;
}

/** Calls `fn` in the platform's next turn: after all promise chains have drained. */
export function onNextTurn(fn: () => void): Turn {
  const id = setImmediate(fn);
  return { cancel: () => clearImmediate(id) };
}

/** Calls `fn` once everything on this thread waits; see {@linkcode settled}. */
export function onceSettled(fn: () => void): Turn {
  let quiet = 0;
  const look = (): void => {
    quiet = anythingReady() ? 0 : quiet + 1;
    if (quiet >= QUIET_TURNS) fn();
    else turn = onNextTurn(look);
  };
  let turn = onNextTurn(look);
  return { cancel: () => turn.cancel() };
}

/**
 * Waits until everything on this thread waits: all promise chains have drained, and no event loop of
 * this library has anything ready.
 *
 * - After it, whoever was to be waiting is waiting; so a test can go on without a guess at how many turns that takes.
 * - It does not wait for time to pass, nor for files, sockets and other threads: they are what is waited for.
 *   Use {@linkcode until} for those.
 *
 * Source: trio's `wait_all_tasks_blocked`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { settled } from "@quartet/concurrency/testing";
 *
 * let steps = 0;
 * (async () => {
 *   for (let i = 0; i < 1000; i++) {
 *     await null;
 *     steps++;
 *   }
 * })();
 * await settled();
 * assertEquals(steps, 1000);
 * ```
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => onceSettled(resolve));
}
