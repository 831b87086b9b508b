import type { RetryHead } from "../records.ts";

/** How long to wait after so many failed attempts, in milliseconds; with jitter, between half of it and all. */
export function pauseBefore(tries: number, { delay, factor, maxDelay, jitter }: RetryHead): number {
  const pause = Math.min(maxDelay, delay * factor ** (tries - 1));
  return jitter ? pause * (0.5 + Math.random() / 2) : pause;
}
