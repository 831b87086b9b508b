import { offAbort, onAbort } from "../../core/abort.ts";
import type { AbortTarget } from "../../core/abort_watch.ts";
import { type ClockTimer, realClock, setTimer } from "../../core/clock.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import type { Item } from "./item.ts";
import type { Line } from "./line.ts";

/** What bounds a wait. */
export interface Bounds {
  /** Milliseconds; `null`: no bound. */
  readonly timeout: number | null;
  /** Asked for when the wait begins to wait. */
  readonly leave?: Leave;
  /** Whether it keeps no process alive, and is served by what this process does. */
  readonly background?: boolean;
  /**
   * Of a put: called when the memory is full, and a posted item without a number stands in the item's place. Without it such a
   * put fails.
   */
  readonly beside?: () => void;
}

/** A waiter for a ring. */
export class RingWait<T> implements AbortTarget {
  /** Its place in line; `null` while the line is full. */
  place: number | null = null;
  /** Whether it was served, or has failed. */
  isOver = false;
  /** Whether the event loop goes on while it waits: it was not served at once, and blocks no thread. */
  isAsleep = false;
  value: T | undefined;
  error: unknown;
  /** Where it stands. */
  readonly line: Line;
  /** What it wants to put. */
  readonly item: Item | null;
  /** What its caller is told when it is put beside the ring; see {@link Bounds.beside}. */
  readonly beside: (() => void) | undefined;
  /** Since when it waits, by the platform's own clock. */
  readonly since: number = realClock.now();
  #timer: ClockTimer | null = null;
  #signal: AbortSignal | undefined;
  #leave: ((error: unknown) => void) | null = null;
  #resolve: ((value: T) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;

  constructor(line: Line, item: Item | null, beside?: () => void) {
    this.line = line;
    this.item = item;
    this.beside = beside;
  }

  /**
   * Has the caller tell when it leaves, before the wait stands in line.
   *
   * @throws the reason, if it has left.
   */
  listen(caller: Leave | undefined): void {
    if (caller === undefined || caller.tell?.(this) === true) return;
    this.#signal = caller.signal;
    this.#signal.throwIfAborted();
  }

  /** The caller has left; one that was served meanwhile gives back what it got. */
  aborted({ reason }: { readonly reason: unknown }): void {
    if (!this.isOver) this.#leave?.(reason);
  }

  /** The promise of its end; `leave` is called with the error when it is to end before. */
  begin(bounds: Bounds, expired: () => unknown, leave: (error: unknown) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (this.isOver) return this.#settle();
      this.#leave = leave;
      onAbort(this.#signal, this.#aborted);
      if (bounds.timeout !== null) {
        this.#timer = setTimer(() => leave(expired()), bounds.timeout);
      }
    });
  }

  /** Serves it. */
  grant(value: T): void {
    this.value = value;
    this.#end();
  }

  /** Ends it with an error. */
  fail(error: unknown): void {
    this.error = error;
    this.#end();
  }

  /** What it ended with, for a caller that was blocked. */
  result(): T {
    if (this.error !== undefined) throw this.error;
    return this.value as T;
  }

  readonly #aborted = (): void => this.aborted(this.#signal!);

  #end(): void {
    this.isOver = true;
    this.#timer?.cancel();
    offAbort(this.#signal, this.#aborted);
    this.#settle();
  }

  #settle(): void {
    const resolve = this.#resolve;
    if (resolve === null) return; // it blocks, or has not begun
    if (this.error !== undefined) this.#reject!(this.error);
    else resolve(this.value as T);
  }
}

/** Does what a wait is for, which may fail: the memory is full, or was overwritten. Returns what ends the wait. */
export function endOf<T>(wait: RingWait<T>, act: () => T): () => void {
  try {
    const value = act();
    return () => wait.grant(value);
  } catch (error) {
    return () => wait.fail(error);
  }
}
