import { realClock } from "../core/clock.ts";

/** How long a full pipe is waited for before the next try, in milliseconds. */
const RETRY = 5;

/** Standard output cannot be written; the message is one line. */
export class PrintError extends Error {
  override name = "PrintError";
}

/**
 * Writes all of the text to standard output; a reader that has gone away is no error of ours.
 *
 * @throws {PrintError} if it cannot be written, as on a full disk.
 */
export function printText(text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSome(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    const why = error instanceof Error ? error.message : String(error);
    throw new PrintError(`Cannot write standard output: ${why}`, { cause: error });
  }
}

function writeSome(bytes: Uint8Array): number {
  try {
    return Deno.stdout.writeSync(bytes);
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    const until = realClock.now() + RETRY;
    while (realClock.now() < until);
    return 0;
  }
}
