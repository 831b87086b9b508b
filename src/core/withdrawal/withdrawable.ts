/**
 * The wait behind a promise.
 *
 * What the waits of this package return are bare promises, since `await` is fastest on one, each with the wait behind
 * it. What takes such a promise (`waitFor`, `race`, `createTask`, …) finds the wait there and withdraws it, so that
 * giving up gives the place up too: no item, permit, lock or message goes to nobody.
 */
import { giveBack } from "../guard.ts";

/** A wait that can be withdrawn, as its takers see it. */
export interface Withdrawable<T> {
  /**
   * Gives the place up.
   *
   * @returns `false` if the wait has ended; `true` if its promise is going to reject with a `CancelledError`. A deed
   * that turns out to be done, such as a put, resolves it all the same.
   */
  cancel(message?: string): boolean;
  /** Whether it was granted, and the caller has only not had its turn. */
  readonly arrived: boolean;
  /** Whether what it waits for is a deed, which cannot be taken back once it is done. */
  readonly stands: boolean;
  /** Takes it from the work that began it, which does not cancel it any more. */
  disown(): void;
  /** Returns what it was granted to where that came from, since nobody uses it. */
  giveBack(value: T): void;
}

/** What grants a wait something. */
export interface Source<T> {
  /** Takes back what was granted and is not used, and serves the next; without it a guard is disposed. */
  returned?(value: T, waiter: null): void;
  /** Whether a grant is a deed that is done and cannot be taken back. */
  readonly stands?: boolean;
}

/** Where a promise keeps the wait behind it. */
const BEHIND = Symbol("the wait behind");

/** Puts a wait behind `promise`. */
export function putBehind<T>(promise: Promise<T>, wait: Withdrawable<T>): void {
  (promise as { [BEHIND]?: Withdrawable<T> })[BEHIND] = wait;
}

/** The wait behind `promise`; `null` if there is none. */
export function waitBehind<T>(promise: PromiseLike<T>): Withdrawable<T> | null {
  return (promise as { [BEHIND]?: Withdrawable<T> })[BEHIND] ?? null;
}

/** Returns `value` to its source. */
export function returnTo<T>(source: Source<T> | null, value: T): void {
  if (source?.stands === true) return;
  if (source?.returned === undefined) giveBack(value);
  else source.returned(value, null);
}

/** A wait that was granted at once. */
export class Grant<T> implements Withdrawable<T> {
  /** What was granted. */
  readonly value: T;
  readonly #source: Source<T>;
  #returned = false;

  constructor(value: T, source: Source<T>) {
    this.value = value;
    this.#source = source;
  }

  get arrived(): boolean {
    return true;
  }

  get stands(): boolean {
    return this.#source.stands === true;
  }

  cancel(): boolean {
    return false;
  }

  disown(): void {
    // It has ended, so it is no wait of the work that began it.
  }

  giveBack(): void {
    if (this.#returned) return;
    this.#returned = true;
    returnTo(this.#source, this.value);
  }
}

/** The wait behind what was made of its value. */
class Derived<T, U> implements Withdrawable<U> {
  readonly #wait: Withdrawable<T>;
  /** What the wait itself was granted. */
  readonly #granted: () => T;

  constructor(wait: Withdrawable<T>, granted: () => T) {
    this.#wait = wait;
    this.#granted = granted;
  }

  get arrived(): boolean {
    return this.#wait.arrived;
  }

  get stands(): boolean {
    return this.#wait.stands;
  }

  cancel(message?: string): boolean {
    return this.#wait.cancel(message);
  }

  disown(): void {
    this.#wait.disown();
  }

  giveBack(): void {
    this.#wait.giveBack(this.#granted());
  }
}

/**
 * A promise of what `make` makes of the value of `promise`, with the same wait behind it.
 *
 * @param failed makes something of what it fails with, or throws.
 */
export function afterWait<T, U>(
  promise: PromiseLike<T>,
  make: (value: T) => U,
  failed?: (error: unknown) => U,
): Promise<U> {
  let granted: T;
  const next = promise.then((value) => make(granted = value), failed) as Promise<U>;
  const wait = waitBehind<T>(promise);
  if (wait === null) return next;
  putBehind(next, new Derived<T, U>(wait, () => granted));
  next.catch(nothing);
  return next;
}

function nothing(): void {
  // What a wait throws is thrown where it is awaited.
}

/** Called when something was granted without a wait; `null` on a thread without event loops, where nothing takes waits. */
let noteGrant: (() => void) | null = null;

/** Has `next` called when something was granted without a wait; for the tasks of an event loop. */
export function setNoteGrant(next: () => void): void {
  noteGrant = next;
}

/**
 * A promise of what was granted at once.
 *
 * @param source where the value goes back to if nobody uses it; `null` for what knows that by itself, as a guard.
 */
export function granted<T>(value: T, source: Source<T> | null = null): Promise<T> {
  if (noteGrant === null) return Promise.resolve(value);
  noteGrant();
  const promise = Promise.resolve(value);
  // A promise that was granted is somebody's own: it stays as it is.
  if (source !== null && (promise as unknown) !== value) {
    putBehind(promise, new Grant(value, source));
  }
  return promise;
}
