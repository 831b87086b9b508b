/** What the shell is told of work that cannot be measured. */
const FAILED = 1;

/**
 * Hears what work does behind the back of its calls: it ends the program, or fails where no call waits for it.
 *
 * @param where what is measured at the moment, in words.
 */
export function hearStrayWork(where: () => string): Disposable {
  const ended = (): void => {
    console.error(
      `\ncompare: Cannot measure ${where()}: the work ended the program; leave that out`,
    );
    Deno.exitCode = FAILED; // not by Deno.exit: that would keep others from cleaning up
  };
  const failed = (event: PromiseRejectionEvent | ErrorEvent): void => {
    event.preventDefault();
    const error: unknown = event instanceof ErrorEvent ? event.error : event.reason;
    console.error(
      `\ncompare: Cannot measure ${where()}: an error was thrown where no call waits for it; catch it there\n`,
      error,
    );
    removeEventListener("unload", ended);
    Deno.exit(FAILED);
  };
  addEventListener("unload", ended);
  addEventListener("unhandledrejection", failed);
  addEventListener("error", failed);
  return {
    [Symbol.dispose]() {
      removeEventListener("unload", ended);
      removeEventListener("unhandledrejection", failed);
      removeEventListener("error", failed);
    },
  };
}
