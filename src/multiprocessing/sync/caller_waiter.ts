import { type AbortTarget, unwatchAbort, watchAbort } from "../../core/abort_watch.ts";
import { checkDelay } from "../../core/check.ts";
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { type Granter, Waiter, WaiterList } from "../../sync/waiter.ts";
import { NEVER } from "../../core/current.ts";
import type { Caller } from "../objects/served_objects.ts";

/**
 * A waiter of an object's owner: the question of a caller, in this process or another, that is answered by a promise.
 *
 * What is granted is taken at once: it is on its way to the caller. A caller that no longer wants an answer leaves; one
 * whose process has ended vanishes.
 */
class CallerWaiter<T, B> extends Waiter<T, B> implements AbortTarget {
  /** What the caller awaits. */
  readonly promise: Promise<T>;
  readonly #caller: Caller;
  #timer: ClockTimer | null = null;
  /** Whether the caller's signal is not needed. */
  #isTold = false;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;

  constructor(granter: Granter<T>, brought: B, caller: Caller) {
    super(granter, brought);
    this.#caller = caller;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Has the caller tell when it leaves, before it stands in a line.
   *
   * @throws the reason, if it has left.
   */
  listen(): void {
    this.#isTold = this.#caller.tell?.(this) === true;
    if (!this.#isTold) this.#caller.signal.throwIfAborted();
  }

  /** Begins to wait, once it stands in a line. */
  begin(timeout: number | null): void {
    if (!this.#isTold && this.#caller.signal !== NEVER) watchAbort(this.#caller.signal, this);
    if (timeout === null) return;
    if (timeout <= 0) this.expire();
    else this.#timer = setTimer(() => this.expire(), timeout);
  }

  /** For the caller's signals. */
  aborted({ reason }: { readonly reason: unknown }): void {
    const { gone } = this.#caller;
    if (gone?.aborted) return this.vanish(reason);
    this.abandon(reason);
    // It may have to wait for a lock all the same, and the process may end meanwhile.
    if (this.phase === "detained" && gone !== undefined) watchAbort(gone, this);
  }

  protected override wake(): void {
    this.#timer?.cancel();
    this.#unwatch();
    const state = this.conclude();
    if (state === "granted" || state === "expired") this.#resolve(this.outcome as T);
    else this.#reject(this.outcome);
  }

  #unwatch(): void {
    if (this.#isTold) return;
    const { signal } = this.#caller;
    if (signal === NEVER) return;
    if (!signal.aborted) unwatchAbort(signal, this);
    else if (this.#caller.gone !== undefined) unwatchAbort(this.#caller.gone, this);
  }
}

/**
 * Has `caller` wait for `granter`.
 *
 * @param enqueue takes the waiter into the line.
 * @param brought what the waiter brings along.
 * @param timeout milliseconds; `null`: no bound.
 * @returns what is granted, or what the granter gives when the timeout has passed.
 * @throws {TypeError | RangeError} if the timeout is no number: another process may say anything.
 * @throws the signal's reason, and the reason for which the caller's process has ended.
 */
export function waitFor<T, B>(
  granter: Granter<T>,
  enqueue: (waiter: Waiter<T, B>) => void,
  brought: B,
  caller: Caller,
  timeout: number | null,
): Promise<T> {
  if (timeout !== null) checkDelay(timeout, "timeout");
  const waiter = new CallerWaiter(granter, brought, caller);
  waiter.listen();
  enqueue(waiter);
  waiter.begin(timeout);
  return waiter.promise;
}

/** A primitive that takes waiters into a line. */
export interface Line<T, B> extends Granter<T> {
  /** Takes the waiter in. */
  enqueue(waiter: Waiter<T, B>): void;
}

/** Has `caller` wait in the only line of a primitive; see {@link waitFor}. */
export function waitIn<T, B>(
  line: Line<T, B>,
  brought: B,
  caller: Caller,
  timeout: number | null,
): Promise<T> {
  return waitFor<T, B>(line, (waiter) => line.enqueue(waiter), brought, caller, timeout);
}

const ELSE_NULL: Granter<null> = { expired: () => null };

/** Callers that wait for what is no primitive, as for a letter; `null` when the timeout has passed. */
export class CallerList<T> extends WaiterList<T | null> {
  /** Gives `value` to the first; `false` if nobody waits. */
  give(value: T): boolean {
    const next = this.shift();
    next?.grant(value);
    return next !== null;
  }

  /** Adds a caller; see {@link waitFor}. */
  wait(caller: Caller, timeout: number | null = null): Promise<T | null> {
    const granter: Granter<T | null> = ELSE_NULL;
    return waitFor<T | null, unknown>(
      granter,
      (waiter) => this.push(waiter),
      undefined,
      caller,
      timeout,
    );
  }
}
