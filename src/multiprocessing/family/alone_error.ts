import { DeadlockError } from "../../core/errors.ts";

/** The error of a call that blocks where nobody is there who could ever ring. */
export function aloneError(): DeadlockError {
  return new DeadlockError(
    "Cannot block here: no other process has come that could end this wait, and none can while this event loop stands still; " +
      "await until one has said something, or use the method without Sync",
  );
}
