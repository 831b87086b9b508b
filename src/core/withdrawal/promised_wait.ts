import { currentWork, type Work } from "../current.ts";
import { CancelledError } from "../errors.ts";
import { putBehind, returnTo, type Source, type Withdrawable } from "./withdrawable.ts";

/** Work whose waits are withdrawn when it is cancelled: a task of an event loop. */
export interface WaitingWork extends Work {
  /** Notes that it begins to wait, and withdraws the wait at once if a cancel is due. */
  beginWait(wait: Withdrawable<unknown>): void;
  /** Notes that a wait has ended. */
  endWait(wait: Withdrawable<unknown>): void;
  /** The error to throw in the place of `error`, with which a wait ends. */
  throwing(error: unknown): unknown;
  /** A cancel came too late for the wait that it was to end: it is due at the next one. */
  missed(message: string | undefined): void;
}

/** The running work, if its waits are withdrawn with it. */
export function waitingWork(): WaitingWork | null {
  const work = currentWork();
  return work !== undefined && "beginWait" in work ? work as WaitingWork : null;
}

/**
 * A wait with a promise in front of it, which is cancelled with the work that began it, or by what takes the promise.
 *
 *     waiting ──grant──▶ granted: the promise resolves
 *        ├──fail──▶ failed: it rejects
 *        └──cancel──▶ leaving ──withdrawn──▶ it rejects with a CancelledError
 *                        └──grant──▶ the same, and the grant goes back; a deed that is done: granted all the same
 *
 * How it waits, and how it leaves, is the affair of whoever extends this.
 */
export abstract class PromisedWait<T> implements Withdrawable<T> {
  /** What the caller awaits. */
  readonly promise: Promise<T>;
  readonly #source: Source<T> | null;
  #work: WaitingWork | null = waitingWork();
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #state: "waiting" | "leaving" | "granted" | "failed" = "waiting";
  #message: string | undefined = undefined;
  /** Whether it is being cancelled right now. */
  #cancelling = false;
  #returned = false;

  /** @param source where a grant goes back to that nobody uses. */
  constructor(source: Source<T> | null) {
    this.#source = source;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    putBehind(this.promise, this);
  }

  get arrived(): boolean {
    return this.#state === "granted";
  }

  get stands(): boolean {
    return this.#source?.stands === true;
  }

  cancel(message?: string): boolean {
    if (this.#state !== "waiting") return false;
    this.#state = "leaving";
    this.#message = message;
    this.#cancelling = true;
    try {
      this.leave();
    } finally {
      this.#cancelling = false;
    }
    return (this.#state as string) !== "granted";
  }

  disown(): void {
    this.#work?.endWait(this as Withdrawable<unknown>);
    this.#work = null;
  }

  giveBack(value: T): void {
    if (this.#returned) return;
    this.#returned = true;
    returnTo(this.#source, value);
  }

  /** Whether it was cancelled and has not ended. */
  protected get leaving(): boolean {
    return this.#state === "leaving";
  }

  /** Makes it a wait of the running work; a cancel that is due comes at once. */
  protected begin(): void {
    this.#work?.beginWait(this as Withdrawable<unknown>);
  }

  /** Begins to leave: the wait is to end, by any of the methods below, now or later. */
  protected abstract leave(): void;

  /** Ends it with `value`. */
  protected grant(value: T): void {
    if (this.#state === "leaving") {
      if (!this.stands) return this.#endUnused(value);
      if (!this.#cancelling) this.#work?.missed(this.#message);
    }
    this.#state = "granted";
    this.#work?.endWait(this as Withdrawable<unknown>);
    this.#resolve(value);
  }

  /** Ends it with an error of its own. */
  protected fail(error: unknown): void {
    this.#state = "failed";
    this.#work?.endWait(this as Withdrawable<unknown>);
    this.#throw(error);
  }

  /** Ends it as cancelled; in a microtask, when whoever cancels it has noted that it does. */
  protected withdrawn(): void {
    queueMicrotask(() => {
      this.#state = "failed";
      const work = this.#work;
      work?.endWait(this as Withdrawable<unknown>);
      const error = new CancelledError(this.#message);
      this.#throw(work === null ? error : work.throwing(error));
    });
  }

  /** Ends it as cancelled after a grant that crossed the cancel. */
  #endUnused(value: T): void {
    try {
      this.giveBack(value);
    } catch (error) {
      return this.fail(error);
    }
    this.withdrawn();
  }

  #throw(error: unknown): void {
    // It may be awaited later, or be given to something that has given it up: that must not end the program.
    this.promise.catch(nothing);
    this.#reject(error);
  }
}

function nothing(): void {
  // What a wait throws is thrown where it is awaited.
}
