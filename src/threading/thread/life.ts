/**
 * How the death of a thread is noticed.
 *
 * The platform tells nobody when a worker closes itself, calls `Deno.exit()` or is terminated. But it gives
 * back the web locks that the worker held, within some milliseconds and however it died. So a thread takes
 * a lock of its own before its first word, and a request for the same lock tells of its death.
 * Deno has web locks since 2.9, which is why that is the floor.
 */

/** What the platform has and its types do not list yet. */
interface LockManager {
  request<T>(name: string, held: () => T | Promise<T>): Promise<T>;
  request<T>(name: string, options: { signal: AbortSignal }, held: () => T): Promise<T>;
}

const { locks } = navigator as unknown as { locks?: LockManager };

/** Why a watch ends that nobody needs any more: the platform would make an error with its stack for each. */
const CANCELLED = "nobody wants to know";

let lives = 0;

/**
 * A name that no other life has, in this process or another that shares the lock manager.
 *
 * @throws {Deno.errors.NotSupported} on a Deno that has no web locks.
 */
export function newLife(): string {
  if (locks === undefined) {
    throw new Deno.errors.NotSupported(
      `Cannot start a thread: its death could not be noticed on Deno ${Deno.version.deno}; use 2.9 or later`,
    );
  }
  return `quartet life ${crypto.randomUUID()} ${++lives}`;
}

/** Calls `ended` when nobody holds this life any more, unless it is told before that nobody wants to know. */
export function onLifeEnd(life: string, ended: () => void): { cancel(): void } {
  const controller = new AbortController();
  locks!.request(life, { signal: controller.signal }, ended).catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  return { cancel: () => controller.abort(CANCELLED) };
}

/** Ends when nobody holds this life any more. Keeps the process alive, as the thread itself does. */
export function lifeEnded(life: string): Promise<void> {
  return locks!.request(life, () => {});
}
