import { reportRejection } from "../../core/returned.ts";
import { checkOptions, show } from "../../core/check.ts";
import type { ExceptionContext, ExceptionHandler, Loop } from "./contract.ts";

/** Prints what happened to stderr. */
export function printException(context: ExceptionContext): void {
  checkOptions(context, "the exception handler", 'message: "…"');
  if (context.exception === undefined) console.error(context.message);
  else console.error(`${context.message}:`, context.exception);
}

/** Tells the exception handler of a loop, or prints, what nobody else hears of. */
export class ExceptionReporter {
  readonly #loop: Loop;
  #handler: ExceptionHandler | null = null;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** The handler of the program; `null`: what happens is printed. */
  get handler(): ExceptionHandler | null {
    return this.#handler;
  }
  set handler(handler: ExceptionHandler | null) {
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
    const tell = (exception: unknown): void => {
      const message = "Unhandled error in exception handler";
      this.#loop.defaultExceptionHandler({ message, exception });
    };
    try {
      reportRejection(this.#handler(this.#loop, context), tell);
    } catch (error) {
      tell(error);
    }
  }
}
