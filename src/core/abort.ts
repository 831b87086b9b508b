/**
 * Listening to an abort signal that many waits may share.
 *
 * The platform looks through all listeners of a signal for each one that comes or goes, so twenty thousand
 * waits with one signal would take seconds to begin and to end. Here a signal has one listener, and a set of
 * those to be told.
 */

const listening = new WeakMap<AbortSignal, Hearers>();

/** Those to be told of one signal's abort. */
class Hearers {
  readonly fns = new Set<() => void>();

  /** Tells all; one that throws keeps no other from being told. */
  readonly tell = (event: Event): void => {
    listening.delete(event.target as AbortSignal);
    for (const fn of this.fns) {
      try {
        fn();
      } catch (error) {
        reportError(error);
      }
    }
  };
}

/** Has `fn` called once when `signal` aborts; one that has aborted already, or none, calls nothing. */
export function onAbort(signal: AbortSignal | undefined, fn: () => void): void {
  if (signal === undefined || signal.aborted) return;
  let hearers = listening.get(signal);
  if (hearers === undefined) {
    listening.set(signal, hearers = new Hearers());
    signal.addEventListener("abort", hearers.tell, { once: true });
  }
  hearers.fns.add(fn);
}

/** Takes {@link onAbort} back. */
export function offAbort(signal: AbortSignal | undefined, fn: () => void): void {
  if (signal === undefined) return;
  const hearers = listening.get(signal);
  if (hearers === undefined || !hearers.fns.delete(fn) || hearers.fns.size > 0) return;
  listening.delete(signal);
  signal.removeEventListener("abort", hearers.tell);
}
