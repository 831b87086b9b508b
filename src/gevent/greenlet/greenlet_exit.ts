import { CancelledError } from "../../core/errors.ts";

/**
 * Thrown in a greenlet that is killed, where it waits.
 *
 * It counts as a good end: `get()` then returns it, and `successful()` is `true`.
 *
 * Not like gevent: JavaScript has one tree of errors, so a bare `catch` swallows it; throw it on.
 */
export class GreenletExit extends CancelledError {
  static {
    this.prototype.name = "GreenletExit";
  }

  /** Makes one, with a message or none. */
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
  }
}
