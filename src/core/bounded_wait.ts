import { offAbort, onAbort } from "./abort.ts";
import { type ClockTimer, setTimer } from "./clock.ts";
import { Deadline, type WaitOptions } from "./deadline.ts";
import type { Future } from "./future.ts";
import { type Leave, tellLeft } from "./withdrawal/signalled_wait.ts";

/**
 * Waits until something has come or the timeout has passed.
 *
 * @param listen called at once with what ends the wait; returns what takes that back.
 * @throws the signal's reason if it aborts, or has aborted.
 */
export async function waitBounded(
  { timeout, signal }: WaitOptions,
  listen: (end: () => void) => () => void,
): Promise<void> {
  signal?.throwIfAborted();
  const deadline = Deadline.after(timeout);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const stop = (): void => reject(signal?.reason);
  onAbort(signal, stop);
  const timer = deadline === Deadline.NEVER ? null : setTimer(end, deadline.remaining());
  const unlisten = listen(end);
  try {
    await promise;
  } finally {
    timer?.cancel();
    unlisten();
    offAbort(signal, stop);
  }
}

/**
 * Waits until `future` has ended or the timeout has passed.
 *
 * @throws the reason for which the caller leaves.
 */
export function waitUntilDone(
  future: Future<unknown>,
  timeout: number | undefined,
  leave: Leave,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ClockTimer | null = null;
    const unlisten = (): void => {
      timer?.cancel();
      future.removeDoneCallback(end);
    };
    const end = (): void => {
      unlisten();
      resolve();
    };
    tellLeft(leave, {
      aborted({ reason }) {
        unlisten();
        reject(reason);
      },
    });
    const deadline = Deadline.after(timeout);
    if (deadline !== Deadline.NEVER) timer = setTimer(end, deadline.remaining());
    future.addDoneCallback(end);
  });
}
