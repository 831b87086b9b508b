/**
 * Many waiters on one signal, with one listener.
 *
 * The platform keeps a signal's listeners in an array: adding, removing and calling 20,000 of them takes time that
 * grows with the square of their number. A set in front of one listener takes time that grows with the number.
 */

/** What ends when a signal aborts. */
export interface AbortTarget {
  /** Called once when the signal aborts, or what stands for it does. */
  aborted(signal: { readonly reason: unknown }): void;
}

interface Watch {
  readonly targets: Set<AbortTarget>;
  readonly listener: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/** Has `target` told when `signal` aborts; an aborted signal tells nobody any more. */
export function watchAbort(signal: AbortSignal, target: AbortTarget): void {
  let watch = watches.get(signal);
  if (watch === undefined) {
    const targets = new Set<AbortTarget>();
    watch = { targets, listener: () => tellAll(signal, targets) };
    watches.set(signal, watch);
  }
  // A listener keeps the timer of `AbortSignal.timeout` awake, so it stands only while somebody waits.
  if (watch.targets.size === 0) signal.addEventListener("abort", watch.listener, { once: true });
  watch.targets.add(target);
}

/** Takes that back. */
export function unwatchAbort(signal: AbortSignal, target: AbortTarget): void {
  const watch = watches.get(signal);
  if (watch === undefined || !watch.targets.delete(target)) return;
  if (watch.targets.size === 0) signal.removeEventListener("abort", watch.listener);
}

function tellAll(signal: AbortSignal, targets: Set<AbortTarget>): void {
  const told = [...targets];
  targets.clear();
  for (const target of told) target.aborted(signal);
}
