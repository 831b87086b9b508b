import { realClock } from "../core/clock.ts";

/** How long a full pipe is waited for before the next try, in milliseconds. */
const RETRY = 5;

/** Writes all of the text to standard output; a reader that has gone away is no error of ours. */
export function printText(text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSome(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
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
