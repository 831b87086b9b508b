import { CancelledError, ExceptionGroup, TimeoutError } from "../../core/errors.ts";

/**
 * What a block has failed with, when its end found more to tell than the cancel that was leaving it.
 *
 * JavaScript shows a disposer no error, and makes a `SuppressedError` of two: of the failures that a group throws at
 * the end of its block, and of the cancel by which the block was left. As in Python the failures alone are told.
 */
export function withoutSuppressed(error: unknown): unknown {
  if (typeof SuppressedError === "undefined") return error;
  while (
    error instanceof SuppressedError && isCancel(error.suppressed) &&
    (error.error instanceof ExceptionGroup || error.error instanceof CancelledError)
  ) error = error.error;
  return error;
}

/** Whether it is a cancel, or a timeout that was one. */
function isCancel(error: unknown): boolean {
  return error instanceof CancelledError ||
    (error instanceof TimeoutError && error.cause instanceof CancelledError);
}
