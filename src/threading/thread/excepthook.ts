import { reportRejection } from "../../core/returned.ts";
import { checkOptions, show } from "../../core/check.ts";
import { onNextThread } from "../../core/parts.ts";
import type { Thread } from "./thread.ts";

/** What a thread's uncaught error is reported with. */
export interface ExceptHookArgs {
  /** The error; whatever was thrown. */
  readonly error: unknown;
  /** The thread in which it was thrown. */
  readonly thread: Thread;
}

/** Told of each error of a thread that nobody awaits. */
export type ExceptHook = (args: ExceptHookArgs) => void;

/** The hook that is in place at first: prints the error with the thread's name. Python: `threading.__excepthook__`. */
export const originalExcepthook: ExceptHook = ({ error, thread }) => {
  console.error(`Exception in thread ${thread.name}:`, error);
};

let hook: ExceptHook = originalExcepthook;

onNextThread(() => {
  hook = originalExcepthook;
});

/**
 * Reports the uncaught error of a thread by the hook in place.
 *
 * Called when a thread fails and nobody awaits its `result`. A hook that itself throws is reported, and
 * so is the error that it was called for.
 *
 * Source: Python's `threading.excepthook`. Not like Python: a module's export cannot be assigned, so
 * another hook is put in place with {@link setExcepthook}.
 */
export function excepthook(args: ExceptHookArgs): void {
  checkOptions(args, "excepthook()", "error, thread");
  const report = (error: unknown): void => {
    console.error("The excepthook of threading failed:", error);
    originalExcepthook(args);
  };
  try {
    reportRejection(hook(args), report);
  } catch (error) {
    report(error);
  }
}

/**
 * Puts another hook in place and returns the one before.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { setExcepthook, Thread } from "@quartet/concurrency/threading";
 *
 * const seen: string[] = [];
 * const before = setExcepthook(({ error, thread }) => seen.push(`${thread.name}: ${error}`));
 * const thread = new Thread({
 *   name: "unlucky",
 *   target: function fail() {
 *     throw new TypeError("no");
 *   },
 * });
 * await thread.start().join();
 * await new Promise((resolve) => setTimeout(resolve, 10));
 * setExcepthook(before);
 * assertEquals(seen, ["unlucky: TypeError: no"]);
 * ```
 */
export function setExcepthook(next: ExceptHook): ExceptHook {
  if (typeof next !== "function") {
    throw new TypeError(`Cannot use ${show(next)} as the excepthook: pass a function`);
  }
  const before = hook;
  hook = next;
  return before;
}
