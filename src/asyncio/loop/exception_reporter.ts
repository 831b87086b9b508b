import { checkOptions, show } from "../../core/check.ts";
import type { Handle } from "./handles.ts";

/** What an exception handler is told. */
export interface ExceptionContext {
  /** What happened. */
  readonly message: string;
  /** The error, if there is one. */
  readonly exception?: unknown;
  /** The future or task that it happened in. */
  readonly future?: unknown;
  /** The call that it happened in. */
  readonly handle?: Handle;
}

/** Told of errors that nobody else hears of. */
export type HandlerOf<L> = (loop: L, context: ExceptionContext) => void;

/** Prints what happened to stderr. */
export function printException(context: ExceptionContext): void {
  checkOptions(context, "the exception handler", 'message: "…"');
  if (context.exception === undefined) console.error(context.message);
  else console.error(`${context.message}:`, context.exception);
}

/** Tells the exception handler of a loop, or prints, what nobody else hears of. */
export class ExceptionReporter<L extends { defaultExceptionHandler(c: ExceptionContext): void }> {
  readonly #loop: L;
  #handler: HandlerOf<L> | null = null;

  constructor(loop: L) {
    this.#loop = loop;
  }

  /** The handler of the program; `null`: what happens is printed. */
  get handler(): HandlerOf<L> | null {
    return this.#handler;
  }
  set handler(handler: HandlerOf<L> | null) {
    if (handler !== null && typeof handler !== "function") {
      throw new TypeError(
        `Cannot use ${show(handler)} as exception handler: give a function or null`,
      );
    }
    this.#handler = handler;
  }

  /** Tells the handler; one that itself throws is reported and stops nothing. */
  report(context: ExceptionContext): void {
    checkOptions(context, "the exception handler", 'message: "…"');
    if (this.#handler === null) return this.#loop.defaultExceptionHandler(context);
    try {
      this.#handler(this.#loop, context);
    } catch (exception) {
      const message = "Unhandled error in exception handler";
      this.#loop.defaultExceptionHandler({ message, exception });
    }
  }
}
