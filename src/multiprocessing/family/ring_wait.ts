import { offAbort, onAbort } from "../../core/abort.ts";
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import type { Bell } from "./bell.ts";
import type { Item } from "./item.ts";
import type { Line } from "./line.ts";

/** What bounds a wait. */
export interface Bounds {
  /** Milliseconds; `null`: no bound. */
  readonly timeout: number | null;
  /** Asked for when the wait begins to wait. */
  readonly leave?: { readonly signal: AbortSignal };
  /** Whether it keeps no process alive, and is served by what this process does. */
  readonly background?: boolean;
}

/** A waiter for a ring. */
export class RingWait<T> {
  /** Its place in line; `null` while the line is full. */
  place: number | null = null;
  /** Whether it was served, or has failed. */
  isOver = false;
  value: T | undefined;
  error: unknown;
  /** Where it stands. */
  readonly line: Line;
  /** What it wants to put. */
  readonly item: Item | null;
  readonly #bell: Bell;
  #timer: ClockTimer | null = null;
  #signal: AbortSignal | undefined;
  #leave: ((error: unknown) => void) | null = null;
  #resolve: ((value: T) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;

  constructor(bell: Bell, line: Line, item: Item | null) {
    this.#bell = bell;
    this.line = line;
    this.item = item;
  }

  /** The promise of its end; `leave` is called with the error when it is to end before. */
  begin(bounds: Bounds, expired: () => unknown, leave: (error: unknown) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (this.isOver) return this.#settle();
      this.#leave = leave;
      this.#signal = bounds.leave?.signal;
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

  readonly #aborted = (): void => this.#leave?.(this.#signal!.reason);

  #end(): void {
    this.isOver = true;
    this.#timer?.cancel();
    offAbort(this.#signal, this.#aborted);
    this.#settle();
  }

  #settle(): void {
    const resolve = this.#resolve;
    if (resolve === null) return; // it blocks, or has not begun
    this.#bell.settle(() => {
      if (this.error !== undefined) this.#reject!(this.error);
      else resolve(this.value as T);
    });
  }
}
