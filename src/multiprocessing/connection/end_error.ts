import { EOFError } from "../../core/errors.ts";

/** The error of who receives at the end of a connection. */
export function endError(): EOFError {
  return new EOFError("The other end of the connection is closed, and everything is received");
}

/** The error of who sends when nobody is there any more. */
export function closedError(): EOFError {
  return new EOFError("Cannot send: the other end of the connection is closed");
}
